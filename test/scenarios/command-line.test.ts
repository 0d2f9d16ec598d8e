import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { typed } from "../support/typed-command.ts";

let directory: string;
const sallyport = (...args: readonly string[]) => typed(directory, args);

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "sallyport-commands-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("the command line itself", () => {
  it("helps, tells its version, and names the nearest command", () => {
    expect(sallyport("--help").stdout).toContain("Makes, lists, rotates, changes and revokes client keys");
    expect(sallyport("--version").stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const ended = sallyport("vaildate");
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain("did you mean `validate`");
  });

  it("ends well when its reader has read enough", () => {
    const main = join(import.meta.dirname, "../../src/main.ts");
    // More than a pipe holds, so that it is still being written when the reader goes.
    const piped = spawnSync("sh", ["-c", `"${process.execPath}" "${main}" validate --schema | head -c 10`]);
    expect([piped.stdout.toString(), piped.stderr.toString()]).toEqual(['{\n  "$sche', ""]);
  });

  it.for([
    { args: ["start", "--config", "none.yaml"], says: "none.yaml cannot be read: there is no such file" },
    { args: ["start", "--config", "."], says: "it is a directory" },
    { args: ["start", "--data-dir", "file"], says: "a file is in its way" },
    { args: ["start", "--data-dir", "file/below"], says: "choose another with --data-dir" },
    { args: ["validate", "--config", "none.yaml"], says: "the file none.yaml cannot be read" },
    { args: ["plan", "--config", "file"], says: "`sallyport validate` checks the file without one" },
    { args: ["models", "--data-dir", "nowhere"], says: "start one with `sallyport start`" },
    { args: ["admin-link", "--data-dir", "nowhere"], says: "start one with `sallyport start`" },
    { args: ["keys", "list", "--data-dir", "nowhere"], says: "there is no data directory" },
    { args: ["models", "--data-dir", "stale"], says: "does not answer at http://127.0.0.1:9" },
    { args: ["keys", "list", "--data-dir", "stale"], says: "remove " },
    { args: ["admin-link", "--data-dir", "stale"], says: "does not answer" },
  ])("cannot do $args: 1 and what to do about it", ({ args, says }) => {
    writeFileSync(join(directory, "file"), "");
    mkdirSync(join(directory, "stale"), { recursive: true });
    const running = { url: "http://127.0.0.1:9", adminUrl: "http://127.0.0.1:9", pid: process.pid };
    writeFileSync(join(directory, "stale/running.json"), JSON.stringify(running));
    const ended = sallyport(...args);
    expect(ended.status).toBe(1);
    expect(ended.stdout).toBe("");
    expect(ended.stderr).toContain(says);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
    expect(existsSync(join(directory, "nowhere"))).toBe(false);
  });

  it("says that a port is in use, for the gateway and for the sandbox", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = String(typeof address === "object" && address !== null ? address.port : 0);
    try {
      for (const args of [
        ["start", "--port", port, "--admin-port", "0", "--data-dir", "taken"],
        ["start", "--port", "0", "--admin-port", port, "--data-dir", "taken"],
        ["sandbox", "--port", port],
      ]) {
        const ended = sallyport(...args);
        expect(ended.status).toBe(1);
        expect(ended.stderr).toMatch(/in use; .*`--port`/);
      }
    } finally {
      server.close();
    }
  });
});
