import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { crashRecord } from "./crash-record.ts";
import { storedBodies } from "./stored-bodies.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const kibibytes = 512;
const report = z.object({
  appended: z.number(),
  lastError: z.string(),
  errors: z.number(),
  written: z.number(),
  dropped: z.number(),
  queued: z.number(),
});

describe("the request log on a full disk", () => {
  it("throws nothing, tells the error, counts every record, and leaves whole files", async () => {
    const directory = temporaryDirectory();
    // Files of at most so many KiB: beyond, write(2) fails as on a full disk, with the signal of it ignored.
    const script = `trap '' XFSZ; ulimit -f ${kibibytes}; exec "$0" "$@"`;
    const program = join(import.meta.dirname, "full-disk-writer.ts");
    const { stdout } = await promisify(execFile)("bash", [
      "-c",
      script,
      process.execPath,
      program,
      directory,
    ]);
    const said = report.parse(JSON.parse(stdout));
    expect(said.lastError).toMatch(/disk/);
    expect(said.errors).toBeGreaterThan(0);
    expect(said.written).toBeGreaterThan(0);
    expect(said.written + said.dropped).toBe(said.appended);
    expect(said).toMatchObject({ queued: 0 });

    const bodies = storedBodies(directory);
    expect(bodies).toHaveLength(said.written);
    expect(bodies).toEqual(bodies.map((_, index) => crashRecord(index).body));
  });
});
