import { describe, expect, it } from "vitest";
import { runSandbox } from "./main.ts";
import { startSandbox } from "./server.ts";

describe("runSandbox", () => {
  it("prints one JSON line that leads to a running sandbox", async () => {
    const lines: string[] = [];
    const sandbox = await runSandbox(["--port", "0", "--json"], (line) => lines.push(line));
    const said: { url: string; port: number; models: string[] } = JSON.parse(lines.join("\n"));
    expect(said).toMatchObject({
      url: `http://127.0.0.1:${said.port}`,
      models: expect.arrayContaining(["sandbox-swift"]),
    });
    const listed = await fetch(`${said.url}/v1/models`);
    expect(listed.status).toBe(200);
    await listed.text();
    await sandbox.close();
    await expect(fetch(`${said.url}/v1/models`)).rejects.toThrow(/fetch failed/);
  });

  it.for([
    [["--port", "http"], /--port must be a whole number/],
    [["--port", "70000"], /--port must be a whole number/],
    [["--seed", "-1"], /seed/],
    [["--fast"], /--fast/],
  ] as const)("refuses %j", async ([args, message]) => {
    await expect(runSandbox(args, () => {})).rejects.toThrow(message);
  });

  it("says when its port is taken", async () => {
    const first = await startSandbox();
    await expect(startSandbox({ port: first.port })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await first.close();
  });
});
