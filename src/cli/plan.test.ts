import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ConfigChange, ConfigPlan } from "../gateway/config-control.ts";
import { plan, printChanges } from "./plan.ts";
import { tellRunning } from "./running.ts";

describe("printChanges", () => {
  it("says when there is nothing to change", () => {
    expect(printChanges("a.yaml", { changes: [], waiting: [] })).toBe("a.yaml is what is running.\n");
  });

  it("prints one line for each change, and tells those that need a restart from those that only wait for it", () => {
    const waiting: ConfigChange[] = [
      { path: "admin.port", kind: "changed", before: "7228", after: "7301", needsRestart: true },
    ];
    expect(
      printChanges("a.yaml", {
        changes: [
          {
            path: "overload.inFlightMax",
            kind: "changed",
            before: "10000",
            after: "500",
            needsRestart: false,
          },
          { path: "models.fast", kind: "added", before: null, after: '{"targets":[]}', needsRestart: false },
          { path: "models.slow", kind: "removed", before: "{}", after: null, needsRestart: false },
          { path: "server.port", kind: "changed", before: "7227", after: "7300", needsRestart: true },
          ...waiting,
        ],
        waiting,
      }),
    ).toBe(
      `${[
        "~ overload.inFlightMax   10000 -> 500",
        '+ models.fast            {"targets":[]}',
        "- models.slow            {}",
        "~ server.port            7227 -> 7300   (needs a restart)",
        "~ admin.port             7228 -> 7301   (waits for a restart)",
        "",
        "5 changes, 2 only after a restart.",
      ].join("\n")}\n`,
    );
  });

  it("shortens what is long", () => {
    const change = {
      path: "x",
      kind: "added",
      before: null,
      after: "y".repeat(999),
      needsRestart: false,
    } as const;
    const [line = ""] = printChanges("a.yaml", { changes: [change], waiting: [] }).split("\n");
    expect(line.length).toBeLessThan(220);
  });
});

describe("sallyport plan", () => {
  let cwd = "";
  let server: Server | undefined;
  let asked:
    | { readonly url: string | undefined; readonly authorization: string | undefined; readonly body: unknown }
    | undefined;

  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), "sallyport-plan-"));
    writeFileSync(join(cwd, "sallyport.yaml"), "server:\n  prot: 1\n");
  });
  afterEach(() => {
    server?.close();
    server = undefined;
    rmSync(cwd, { recursive: true, force: true });
  });

  /** A gateway of which only the admin API's answer is there. */
  async function answerWith(answer: ConfigPlan): Promise<void> {
    const listening = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on("end", () => {
        asked = { url: request.url, authorization: request.headers.authorization, body: JSON.parse(body) };
        response
          .setHeader("content-type", "application/json")
          .end(JSON.stringify({ status: "success", data: answer }));
      });
    });
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    const address = listening.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    tellRunning(cwd, {
      url: "http://127.0.0.1:1",
      adminUrl: `http://127.0.0.1:${address.port}`,
      pid: process.pid,
    });
  }

  async function run(args: readonly string[]) {
    const printed = { out: "", err: "" };
    const code = await plan(["--data-dir", ".", ...args], {
      stdout: (text) => {
        printed.out += text;
      },
      stderr: (text) => {
        printed.err += text;
      },
      env: {},
      cwd,
    });
    return { code, ...printed };
  }

  it("sends the file to the running gateway and prints what would change", async () => {
    await answerWith({
      kind: "valid",
      changes: [{ path: "dataDir", kind: "changed", before: "a", after: "b", needsRestart: true }],
      waiting: [],
    });
    expect(await run([])).toEqual({
      code: 0,
      out: "~ dataDir   a -> b   (needs a restart)\n\n1 change, all only after a restart.\n",
      err: "",
    });
    expect(asked).toMatchObject({
      url: "/api/gateway/config/plan",
      authorization: expect.stringMatching(/^Bearer .{20}/),
      body: { text: "server:\n  prot: 1\n" },
    });
  });

  it("prints the gateway's problems in the file, and fails", async () => {
    await answerWith({
      kind: "invalid",
      problems: [{ message: "unknown field", line: 2, column: 3, path: "server.prot" }],
    });
    expect(await run([])).toEqual({
      code: 1,
      out: "",
      err: "sallyport.yaml:2:3: unknown field\n   2 |   prot: 1\n     |   ^\nsallyport.yaml has 1 problem; the gateway would go on as it is.\n",
    });
  });

  it("prints the plan as one line with --json", async () => {
    const answer: ConfigPlan = { kind: "valid", changes: [], waiting: [] };
    await answerWith(answer);
    expect(await run(["--json"])).toEqual({ code: 0, out: `${JSON.stringify(answer)}\n`, err: "" });
  });

  it("says what to do when nothing is running", async () => {
    await expect(run([])).rejects.toMatchObject({
      publicMessage: expect.stringContaining("`sallyport validate` checks the file without one"),
    });
  });
});
