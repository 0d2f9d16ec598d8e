import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "vitest";

/** All rows of all day files, as SQLite itself gives them after its recovery; each file must pass its check. */
export function storedBodies(directory: string): readonly string[] {
  const events = join(directory, "events");
  return readdirSync(events)
    .filter((name) => name.endsWith(".db"))
    .toSorted()
    .flatMap((name) => {
      const database = new DatabaseSync(join(events, name));
      expect(database.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
      const rows = database.prepare("SELECT body FROM request ORDER BY id").all();
      database.close();
      return rows.map((row) => String(row["body"]));
    });
}
