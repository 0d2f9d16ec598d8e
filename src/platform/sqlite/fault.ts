/** What went wrong in SQLite, as far as it makes a difference to the gateway. */
export type SqliteFault = "busy" | "corrupt" | "constraint" | "other";

/** Reads SQLite's result code from an error of `node:sqlite`. Source: sqlite.org/rescode.html. */
export function faultOf(thrown: unknown): SqliteFault {
  const code = thrown instanceof Error && "errcode" in thrown ? thrown.errcode : undefined;
  if (typeof code !== "number") return "other";
  switch (code & 0xff) {
    case 5:
    case 6:
      return "busy";
    case 11:
    case 26:
      return "corrupt";
    case 19:
      return "constraint";
    default:
      return "other";
  }
}

/** Whether the file system says that there is no such file. */
export function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";
}

/** What was thrown, in its own words. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
