import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anthropicUpstream, memoryGateway, openaiUpstream } from "../support/memory-gateway.ts";
import { inboundRequest, recordedReply } from "../support/recorded-reply.ts";
import { type Step, scriptedTransport } from "../support/scripted-transport.ts";

const chatBody = JSON.stringify({
  model: "gpt-5-mini",
  messages: [{ role: "user", content: "hi" }],
  stream: true,
  stream_options: { include_usage: true },
});
const messagesBody = JSON.stringify({
  model: "gpt-5-mini",
  max_tokens: 100,
  messages: [{ role: "user", content: "hi" }],
  stream: true,
});

const chunk = (delta: unknown, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "gpt-5-mini", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const stream = [
  chunk({ role: "assistant", content: "" }),
  chunk({ content: "Hello" }),
  chunk({ content: " wörld" }),
  chunk({}, "stop"),
  `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "gpt-5-mini", choices: [], usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 } })}\n\n`,
  "data: [DONE]\n\n",
].join("");
const bytes = Buffer.from(stream);

type Fate =
  | { readonly kind: "whole" }
  | { readonly kind: "upstream-dies"; readonly at: number }
  | { readonly kind: "upstream-closes"; readonly at: number }
  | { readonly kind: "client-goes"; readonly afterSteps: number };

const head: Step = { kind: "head", status: 200, headers: { "content-type": "text/event-stream" } };

function script(fate: Fate, cuts: readonly number[]): readonly Step[] {
  const last = fate.kind === "upstream-dies" || fate.kind === "upstream-closes" ? fate.at : bytes.length;
  const edges = [...new Set([0, ...cuts.filter((cut) => cut < last), last])].toSorted(
    (left, right) => left - right,
  );
  const data = edges
    .slice(1)
    .map((edge, index): Step => ({ kind: "data", bytes: bytes.subarray(edges[index] ?? 0, edge) }));
  const end: Step =
    fate.kind === "upstream-dies"
      ? { kind: "failed", failure: { code: "upstream_stream_broken", detail: "reset", wasSent: true } }
      : { kind: "end" };
  return [head, ...data, end];
}

const fates: fc.Arbitrary<Fate> = fc.oneof(
  fc.constant<Fate>({ kind: "whole" }),
  fc.record({ kind: fc.constant("upstream-dies" as const), at: fc.nat({ max: bytes.length }) }),
  fc.record({ kind: fc.constant("upstream-closes" as const), at: fc.nat({ max: bytes.length }) }),
  fc.record({ kind: fc.constant("client-goes" as const), afterSteps: fc.nat({ max: 12 }) }),
);

/** Lets every pending promise of the pipeline run. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function live(fate: Fate, cuts: readonly number[], lane: "bytes" | "canonical") {
  const transport = scriptedTransport(() => script(fate, cuts));
  const memory = await memoryGateway({ transport, providers: [openaiUpstream, anthropicUpstream] });
  const client = recordedReply();
  memory.gateway.handle(
    inboundRequest({
      target: lane === "bytes" ? "/v1/chat/completions" : "/v1/messages",
      headers: { authorization: `Bearer ${memory.key}`, "content-type": "application/json" },
      body: lane === "bytes" ? chatBody : messagesBody,
      reply: client.reply,
    }),
  );
  await turn();
  const [played] = transport.sent;
  let steps = 0;
  while (played !== undefined) {
    if (fate.kind === "client-goes" && steps === fate.afterSteps) client.goAway();
    if (!played.step()) break;
    steps += 1;
    await turn();
  }
  await turn();
  return { client, memory, played, records: await memory.records() };
}

describe("settle", () => {
  it.for(["bytes", "canonical"] as const)(
    "happens exactly once on the %s lane, whoever ends the body and at whatever byte",
    async (lane) => {
      await fc.assert(
        fc.asyncProperty(
          fates,
          fc.array(fc.nat({ max: bytes.length }), { maxLength: 8 }),
          async (fate, cuts) => {
            const { client, memory, played, records } = await live(fate, cuts, lane);
            expect(records).toHaveLength(1);
            const [record] = records;
            expect(memory.gateway.control.state().inFlight).toBe(0);
            expect(memory.gateway.control.state().totals.requests).toBe(1);
            expect(memory.logger.lines().filter(({ level }) => level === "error")).toEqual([]);
            const isWholeForClient =
              lane === "bytes"
                ? client.body().endsWith("data: [DONE]\n\n")
                : client.body().includes("event: message_stop");
            if (record?.outcome === "completed") {
              expect(client.isEnded()).toBe(true);
              expect(isWholeForClient || client.body().includes('"finish_reason":"stop"')).toBe(true);
              expect(record.usage?.basis === "reported" || fate.kind !== "whole").toBe(true);
            }
            if (record?.outcome === "failed") {
              expect(client.isEnded()).toBe(true);
              expect(client.body()).toContain('"error"');
              expect(isWholeForClient).toBe(false);
            }
            if (record?.outcome === "aborted") {
              expect(client.isEnded()).toBe(false);
              expect(played?.isAborted()).toBe(true);
              expect(record.usage).not.toBeNull();
            }
            if (fate.kind === "whole") expect(record?.outcome).toBe("completed");
          },
        ),
        { numRuns: 150 },
      );
    },
  );

  it("tells the eleven doors of a whole answer, in order, each with its reason", async () => {
    const { records } = await live({ kind: "whole" }, [], "bytes");
    expect(records[0]?.stages.map(({ stage }) => stage)).toEqual([
      "identify",
      "decode",
      "authorize",
      "admit",
      "assign",
      "recall",
      "plan",
      "fund",
      "attempt",
      "encode",
      "settle",
    ]);
    expect(records[0]?.stages.every(({ reason }) => reason !== "")).toBe(true);
    expect(records[0]).toMatchObject({
      outcome: "completed",
      status: 200,
      usage: { input: { total: 9 }, output: { total: 3 } },
      cost: { nanoUsd: null },
      finish: "stop",
      events: 6,
    });
  });
});
