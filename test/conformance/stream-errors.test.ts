import { beforeAll, describe, expect, it } from "vitest";
import type { ChatDialect } from "../../src/exchange/dialect.ts";
import { readOfficially } from "../support/matrix/official-clients.ts";
import { type AnswerDialect, upstreams } from "../support/matrix/requests.ts";
import { recordedSamples, type Sample } from "../support/matrix/samples.ts";
import { clients } from "../support/matrix/translate.ts";
import { type MemoryGateway, memoryGateway, openaiUpstream } from "../support/memory-gateway.ts";
import { inboundRequest, recordedReply } from "../support/recorded-reply.ts";
import { hasRecordedTraffic } from "../support/recorded-traffic.ts";
import { type ScriptedTransport, type Step, scriptedTransport } from "../support/scripted-transport.ts";

/** An error as each dialect tells it inside a stream that began with status 200. */
const errorFrames: Readonly<Partial<Record<AnswerDialect, string>>> = {
  "openai-chat": 'data: {"error":{"message":"boom","type":"server_error","param":null,"code":null}}\n\n',
  "openai-responses":
    'event: error\ndata: {"type":"error","code":"server_error","message":"boom","param":null,"sequence_number":7}\n\n',
  "anthropic-messages":
    'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"boom"}}\n\n',
  "gemini-generate": 'data: {"error":{"code":503,"message":"boom","status":"UNAVAILABLE"}}\n\n',
  "mistral-chat":
    'data: {"object":"error","message":"boom","type":"internal_server_error","param":null,"code":"1000"}\n\n',
};

const asks: Readonly<Record<ChatDialect, { readonly target: string; readonly body: string }>> = {
  "openai-chat": {
    target: "/v1/chat/completions",
    body: '{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}',
  },
  "openai-responses": { target: "/v1/responses", body: '{"model":"m","stream":true,"input":"hi"}' },
  "anthropic-messages": {
    target: "/v1/messages",
    body: '{"model":"m","stream":true,"max_tokens":9,"messages":[{"role":"user","content":"hi"}]}',
  },
  "gemini-generate": {
    target: "/v1beta/models/m:streamGenerateContent?alt=sse",
    body: '{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}',
  },
};

const streamsMax = 20;
const dead: Step = {
  kind: "failed",
  failure: { code: "upstream_stream_broken", detail: "reset", wasSent: true },
};

interface Rig {
  readonly memory: MemoryGateway;
  readonly transport: ScriptedTransport;
  readonly play: (steps: readonly Step[]) => void;
}

async function rigOf(dialect: AnswerDialect): Promise<Rig> {
  let script: readonly Step[] = [];
  const transport = scriptedTransport(() => script);
  const memory = await memoryGateway({
    transport,
    providers: [{ ...openaiUpstream, globs: ["*"], dialects: [dialect] }],
  });
  return {
    memory,
    transport,
    play: (steps) => {
      script = steps;
    },
  };
}

/** What the client's official SDK makes of it: `clean` when it saw an end without an error. */
async function endOf({ memory, transport, play }: Rig, client: ChatDialect, steps: readonly Step[]) {
  play(steps);
  const reply = recordedReply();
  const { target, body } = asks[client];
  const headers = { authorization: `Bearer ${memory.key}`, "content-type": "application/json" };
  const before = transport.sent.length;
  memory.gateway.handle(inboundRequest({ target, headers, body, reply: reply.reply }));
  await turn();
  while (transport.sent[before]?.step() === true);
  for (let waited = 0; waited < 20 && !reply.isEnded() && !reply.isDestroyed(); waited += 1) await turn();
  // A connection that is torn down is an error to every client.
  if (reply.isDestroyed()) return "error";
  expect(reply.isEnded()).toBe(true);
  try {
    await readOfficially(client, { form: "stream", text: reply.body(), status: reply.status() });
    return "clean";
  } catch {
    return "error";
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The frame that says how the answer ends: before it, nothing that is cut is whole. */
const finishing: Readonly<Record<AnswerDialect, RegExp>> = {
  "openai-chat": /"finish_reason":\s*"/,
  "openai-responses": /response\.(?:completed|incomplete|failed)/,
  // A last event that is missing after it is supplied.
  "anthropic-messages": /"stop_reason":\s*"/,
  "gemini-generate": /"finishReason"/,
  "bedrock-converse": /"stopReason"/,
  "cohere-chat": /message-end/,
  "mistral-chat": /"finish_reason":\s*"/,
};

function faultsOf(
  { dialect, frames }: Sample,
  every: number,
): readonly { readonly steps: readonly Step[]; readonly at: number }[] {
  const type = dialect === "bedrock-converse" ? "application/vnd.amazon.eventstream" : "text/event-stream";
  const head: Step = { kind: "head", status: 200, headers: { "content-type": type } };
  const mark = finishing[dialect as AnswerDialect];
  const last = frames.findIndex((frame) => mark.test(`${frame.event}${frame.data}`));
  const data = frames.map(({ bytes }): Step => ({ kind: "data", bytes }));
  const error = errorFrames[dialect as AnswerDialect];
  return frames.slice(0, last < 0 ? undefined : last + 1).flatMap((_, at) => {
    if (at % every !== 0) return [];
    const begun = [head, ...data.slice(0, at)];
    const told: readonly Step[] =
      error === undefined ? [] : [{ kind: "data", bytes: Buffer.from(error) }, { kind: "end" }];
    return [
      { at, steps: [...begun, dead] },
      { at, steps: [...begun, { kind: "end" } as const] },
      ...(told.length === 0 ? [] : [{ at, steps: [...begun, ...told] }]),
    ];
  });
}

describe.skipIf(!hasRecordedTraffic())("rule 50: a stream that breaks, at whichever frame", () => {
  const streams = new Map<AnswerDialect, readonly Sample[]>();
  beforeAll(() => {
    const all = recordedSamples().filter(({ form, texts }) => form === "stream" && texts.length > 2);
    for (const dialect of upstreams) {
      const own = all.filter(({ dialect: spoken, body }) => spoken === dialect && body[0] !== 0x5b);
      // The shortest, so that each of their frames can be tried, and some long ones.
      const sorted = own.toSorted((left, right) => left.frames.length - right.frames.length);
      streams.set(dialect, [...sorted.slice(0, streamsMax - 2), ...sorted.slice(-2)].slice(0, streamsMax));
    }
  });

  it("is tried on at least 20 streams of each dialect that has so many", () => {
    const counts = Object.fromEntries([...streams].map(([dialect, samples]) => [dialect, samples.length]));
    expect(counts).toMatchObject({
      "openai-chat": 20,
      "openai-responses": 20,
      "anthropic-messages": 20,
    });
    for (const [dialect, samples] of streams) expect(samples.length, dialect).toBeGreaterThan(5);
  });

  it.for(upstreams.flatMap((upstream) => clients.map((client) => ({ upstream, client }))))(
    "throws in the official SDK: $upstream to $client",
    async ({ upstream, client }) => {
      const rig = await rigOf(upstream);
      const isOwn = upstream === client;
      let tried = 0;
      for (const sample of streams.get(upstream) ?? []) {
        const { length } = sample.frames;
        // On the own dialect every frame; across dialects and in long streams at most a dozen of each.
        const every = Math.max(1, Math.floor(length / (isOwn ? 60 : 12)));
        for (const { steps, at } of faultsOf(sample, every)) {
          tried += 1;
          const end = await endOf(rig, client, steps);
          if (end !== "error") expect.fail(`${sample.name}: a clean end after frame ${at} of ${length}`);
        }
      }
      expect(tried).toBeGreaterThan(50);
    },
  );
});
