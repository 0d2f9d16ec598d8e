import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/server.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";

let sandbox: Sandbox;
let directory: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  directory = mkdtempSync(join(tmpdir(), "sallyport-learned-"));
});
afterAll(async () => {
  await sandbox.close();
  rmSync(directory, { recursive: true, force: true });
});

const config = (): string => `
providers:
  near: { dialect: openai-chat, baseUrl: ${sandbox.url}/v1 }
models:
  thrifty:
    targets: [near/swift, near/steady]
    route: { strategy: learned, explore: 0 }
scaling: { windowMs: 10000, pools: { near: { capacity: 100 } } }
`;

interface Shown {
  readonly routes: readonly {
    readonly learned: {
      readonly arms: readonly { readonly model: string; readonly judgements: number }[];
    } | null;
  }[];
}

const armsOf = async (gateway: RunningGateway) => {
  const shown = await gateway.admin("/routing");
  return JSON.stringify((shown as Shown).routes[0]?.learned?.arms);
};

/** Ends it as an operator does. */
async function stop(gateway: RunningGateway): Promise<void> {
  gateway.child.kill("SIGTERM");
  expect(await gateway.exited).toBe(0);
}

describe("what a gateway has learned", () => {
  it("is there again after it was stopped and started", async () => {
    const first = await runGateway({ config: config(), directory });
    const post = (path: string, body: unknown): Promise<Response> =>
      fetch(first.url + path, {
        method: "POST",
        headers: { authorization: `Bearer ${first.clientKey}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    const answer = await post("/v1/chat/completions", {
      model: "thrifty",
      messages: [{ role: "user", content: "Who goes there?" }],
    });
    await answer.text();
    const id = answer.headers.get("x-sallyport-request-id");
    const taken = await post("/v1/feedback", { request_id: id, metric: "thumb", value: false });
    expect(taken.status).toBe(202);
    const before = await armsOf(first);
    expect(before).toContain('"judgements":1');
    await stop(first);
    const second = await runGateway({ config: config(), directory });
    expect(await armsOf(second)).toBe(before);
    await stop(second);
  });
});
