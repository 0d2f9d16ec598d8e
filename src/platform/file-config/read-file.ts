import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import type { FileReading } from "../../ports/config-source.ts";

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EACCES: "this user may not read it",
  EPERM: "this user may not read it",
  EISDIR: "it is a directory",
  ELOOP: "its links lead in a circle",
  ERR_ACCESS_DENIED:
    "permission mode keeps this process from files that its configuration did not name when it started; start the gateway anew",
};

/** The text of a file of at most `bytesMax` bytes, or why there is none. Never throws, never waits on a pipe or device. */
export function readTextFile(path: string, bytesMax: number): FileReading {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, "r");
    const status = fstatSync(descriptor);
    if (status.isDirectory()) return unreadable("it is a directory");
    if (!status.isFile()) return unreadable("it is not a regular file");
    if (status.size > bytesMax) return unreadable(`it is larger than ${bytesMax} bytes`);
    return { kind: "text", text: new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(descriptor)) };
  } catch (thrown) {
    return unreadable(reasonOf(thrown));
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function reasonOf(thrown: unknown): string {
  const code = thrown instanceof Error ? String(Reflect.get(thrown, "code")) : "";
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") return "it is not UTF-8 text";
  return reasons[code] ?? `the system says ${code === "" || code === "undefined" ? String(thrown) : code}`;
}

function unreadable(reason: string): FileReading {
  return { kind: "unreadable", reason };
}
