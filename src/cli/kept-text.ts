import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readTextFile } from "../platform/file-config/index.ts";

const bytesMax = 32 * 1024 ** 2;

/** One text that is kept in the data directory, replaced whole. Both throw what the file system does. */
export interface KeptText {
  /** `undefined`: nothing is kept. */
  readonly read: () => string | undefined;
  readonly write: (text: string) => void;
}

/** @param name Of the file, folders before it: `catalog/models-dev.json`. */
export function keptText(directory: string, name: string): KeptText {
  const file = join(directory, name);
  return {
    read: () => {
      if (!existsSync(file)) return undefined;
      const reading = readTextFile(file, bytesMax);
      if (reading.kind === "unreadable") throw new Error(reading.reason);
      return reading.text;
    },
    write: (text) => {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      writeFileSync(`${file}.new`, text, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
  };
}
