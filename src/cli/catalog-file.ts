import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CatalogParts } from "../gateway/catalog.ts";
import { readTextFile } from "../platform/file-config/index.ts";

const bytesMax = 32 * 1024 ** 2;

/** The catalogue of models that was applied last, in `catalog/` of the data directory. Both throw what the file system does. */
export function catalogFile(directory: string): CatalogParts["store"] {
  const folder = join(directory, "catalog");
  const file = join(folder, "models-dev.json");
  return {
    read: () => {
      if (!existsSync(file)) return undefined;
      const reading = readTextFile(file, bytesMax);
      if (reading.kind === "unreadable") throw new Error(reading.reason);
      return reading.text;
    },
    write: (text) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(`${file}.new`, text, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
  };
}
