import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStateStore } from "../../src/platform/sqlite/index.ts";
import { type RawUpstream, rawUpstream, wholeAnswer } from "../support/raw-upstream.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";
import { chatAnswer } from "../support/stream-frames.ts";

let limited: RawUpstream;
let well: RawUpstream;
let directory: string;
let signed: string;
beforeAll(async () => {
  limited = await rawUpstream(({ socket }) => {
    const body = '{"error":{"message":"slow down","code":"rate_limit_exceeded"}}';
    socket.write(
      `HTTP/1.1 429 Too Many Requests\r\nretry-after: 120\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
  });
  well = await rawUpstream(({ socket }) => void socket.write(wholeAnswer(200, chatAnswer("well"))));
  directory = mkdtempSync(join(tmpdir(), "sallyport-health-"));
  signed = mkdtempSync(join(tmpdir(), "sallyport-health-"));
});
afterAll(async () => {
  await limited[Symbol.asyncDispose]();
  await well[Symbol.asyncDispose]();
  for (const made of [directory, signed]) rmSync(made, { recursive: true, force: true });
});

const config = (): string => `
providers:
  limited: { dialect: openai-chat, baseUrl: ${limited.url}/v1, models: ["limited-*"] }
  well: { dialect: openai-chat, baseUrl: ${well.url}/v1, models: ["well-*"] }
`;

const ask = (gateway: RunningGateway, model: string): Promise<Response> =>
  fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${gateway.clientKey}`, "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Who goes there?" }] }),
  });

/** Until the cool-down is on disk, as another process reads it; ms. */
async function untilStored(by = directory): Promise<number> {
  const store = openStateStore({ directory: join(by, "data") });
  const startedAt = performance.now();
  for (;;) {
    const stored = (await store.read("cool-downs")) as { readonly coolDowns: readonly unknown[] } | undefined;
    const tookMs = performance.now() - startedAt;
    if (stored?.coolDowns.length === 1 || tookMs > 10_000) {
      await store.close();
      return tookMs;
    }
    await pause(20);
  }
}

describe("a gateway that is killed and started again", () => {
  it("leaves alone who has asked for it, and holds to what an operator has said", async () => {
    const first = await runGateway({ config: config(), directory });
    expect((await ask(first, "limited-1")).status).toBe(429);
    expect(limited.calls()).toHaveLength(1);
    await first.admin("/circuit-breakers/well%2Fwell-1:mode", {
      method: "POST",
      body: { mode: "forced_open" },
    });
    // Long before the minute at which all is stored.
    expect(await untilStored()).toBeLessThan(5000);
    first.child.kill("SIGKILL");
    await first.exited;

    await using second = await runGateway({ config: config(), directory });
    const refused = await ask(second, "limited-1");
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(60);
    expect(limited.calls()).toHaveLength(1);
    const held = await ask(second, "well-1");
    expect(held.status).toBe(503);
    expect(held.headers.get("x-sallyport-error")).toBe("circuit_open");
    expect(well.calls()).toHaveLength(0);
    expect(second.stderr()).toContain("a circuit breaker is as an operator has set it");

    await second.admin("/circuit-breakers/well%2Fwell-1:mode", { method: "POST", body: { mode: "auto" } });
    expect((await ask(second, "well-1")).status).toBe(200);
  });

  it("leaves alone the account that signs its calls, and no other at the same place", async () => {
    const runAs = (id: string): Promise<RunningGateway> =>
      runGateway({
        directory: signed,
        env: { ID: id, SECRET: "of-both" },
        config: `
providers:
  bedrock: { baseUrl: ${limited.url}, region: eu-west-1, aws: { accessKeyId: "\${ID}", secretAccessKey: "\${SECRET}" } }
`,
      });
    const before = limited.calls().length;
    const reached = (): number => limited.calls().length - before;
    const first = await runAs("AKIAIOSFODNN7FIRST00");
    expect((await ask(first, "bedrock/a.model")).status).toBe(429);
    await untilStored(signed);
    first.child.kill("SIGKILL");
    await first.exited;
    const again = await runAs("AKIAIOSFODNN7FIRST00");
    expect([(await ask(again, "bedrock/a.model")).status, reached()]).toEqual([429, 1]);
    again.child.kill("SIGKILL");
    await again.exited;
    await using other = await runAs("AKIAIOSFODNN7OTHER00");
    expect([(await ask(other, "bedrock/a.model")).status, reached()]).toEqual([429, 2]);
  });
});
