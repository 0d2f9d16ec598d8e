import { describe, expect, it } from "vitest";
import { type MemoryGateway, memoryGateway } from "../support/memory-gateway.ts";
import { inboundRequest, type RecordedReply, recordedReply } from "../support/recorded-reply.ts";
import {
  type Played,
  type ScriptedTransport,
  type Step,
  scriptedTransport,
} from "../support/scripted-transport.ts";
import {
  chatChunk,
  chatDone,
  chatFirst,
  messageStart,
  messageStop,
  messageText,
} from "../support/stream-frames.ts";

const head: Step = { kind: "head", status: 200, headers: { "content-type": "text/event-stream" } };
const data = (text: string): Step => ({ kind: "data", bytes: Buffer.from(text) });
const end: Step = { kind: "end" };
const reset: Step = {
  kind: "failed",
  failure: { code: "upstream_stream_broken", detail: "ECONNRESET: reset", wasSent: true },
};

interface Dialect {
  readonly name: string;
  readonly target: string;
  readonly model: string;
  /** The first frames of an answer, one with text, and the keep-alive of the dialect. */
  readonly first: string;
  readonly text: (text: string) => string;
  readonly keepAlive: string;
  readonly errorFrame: RegExp;
}

const dialects: readonly Dialect[] = [
  {
    name: "Chat",
    target: "/v1/chat/completions",
    model: "gpt-5-mini",
    first: chatFirst,
    text: (content) => chatChunk({ content }),
    keepAlive: ": ping\n\n",
    errorFrame:
      /^data: \{"error":\{"message":".+","type":"server_error","param":null,"code":"upstream_stream_broken"\}\}$/,
  },
  {
    name: "Messages",
    target: "/v1/messages",
    model: "claude-sonnet-4-5",
    first: messageStart,
    text: messageText,
    keepAlive: 'event: ping\ndata: {"type": "ping"}\n\n',
    errorFrame:
      /^event: error\ndata: \{"type":"error","error":\{"type":"api_error","message":".+"\},"request_id":".+"\}$/,
  },
];

/** Lets every pending promise of the pipeline run. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Each target is tried once, and waited for as long as the tests take. */
const patient = { retry: { perTarget: 1 }, timeouts: { firstMs: 600_000, idleMs: 600_000 } };

interface Live {
  readonly memory: MemoryGateway;
  readonly client: RecordedReply;
  readonly played: Played;
  readonly play: (steps: number) => Promise<void>;
}

async function live(
  { target, model }: Pick<Dialect, "target" | "model">,
  steps: readonly Step[],
  more: { readonly inFlightMax?: number } = {},
): Promise<Live> {
  const transport = scriptedTransport(() => steps);
  const memory = await memoryGateway({ transport, resilience: patient, ...more });
  const client = await send(memory, { target, model });
  const played = playedBy(transport);
  return {
    memory,
    client,
    played,
    play: async (count) => {
      for (let step = 0; step < count; step += 1) {
        played.step();
        await turn();
      }
    },
  };
}

async function send(
  memory: MemoryGateway,
  { target, model }: Pick<Dialect, "target" | "model">,
): Promise<RecordedReply> {
  const client = recordedReply();
  memory.gateway.handle(
    inboundRequest({
      target,
      headers: { authorization: `Bearer ${memory.key}`, "content-type": "application/json" },
      body: JSON.stringify({
        model,
        max_tokens: 100,
        stream: true,
        messages: [{ role: "user", content: "hi" }],
      }),
      reply: client.reply,
    }),
  );
  await turn();
  return client;
}

function playedBy({ sent }: ScriptedTransport): Played {
  const [played] = sent;
  if (played === undefined) throw new Error("nothing was sent upstream");
  return played;
}

describe.for(dialects)("$name", (dialect) => {
  const { first, text, keepAlive, errorFrame } = dialect;

  it.for([
    { how: "closes after a frame without its blank line", cut: 2 },
    { how: "closes after a frame without the second of its line ends", cut: 1 },
    { how: "closes between two frames", cut: 0 },
    { how: "closes in the middle of a frame", cut: 9 },
  ])("an upstream that $how: the error is an event of its own", async ({ cut }) => {
    const frame = text("the last words");
    const { client, play, memory } = await live(dialect, [
      head,
      data(first + text("one") + frame.slice(0, frame.length - cut)),
      end,
    ]);
    await play(3);
    const events = client.body().trimEnd().split(/\n\n+/);
    expect(events.at(-1)).toMatch(errorFrame);
    // What the client has is what the upstream said, in whole frames, and nothing that looks like a good end.
    expect((first + text("one") + frame).split("\n\n")).toEqual(expect.arrayContaining(events.slice(0, -1)));
    expect(client.body()).not.toMatch(/\[DONE\]|message_stop|"finish_reason":"/);
    expect(client.isEnded()).toBe(true);
    expect(await memory.records()).toMatchObject([{ outcome: "failed", code: "upstream_stream_broken" }]);
  });

  it("an upstream that is reset in mid-frame: the half of it is not passed on", async () => {
    const { client, play } = await live(dialect, [
      head,
      data(first + text("whole") + text("half of it").slice(0, 30)),
      reset,
    ]);
    await play(3);
    expect(client.body().startsWith(first + text("whole"))).toBe(true);
    expect(
      client
        .body()
        .slice((first + text("whole")).length)
        .trimEnd(),
    ).toMatch(errorFrame);
  });

  it("rule 53: a silent upstream: the client hears a sign of life every 15 to 20 seconds, between frames only", async () => {
    const { client, play, memory } = await live(dialect, [
      head,
      data(first + text("zero") + text("one").slice(0, 20)),
      data(text("one").slice(20)),
      data(text("two")),
    ]);
    await play(2);
    const begun = first + text("zero");
    expect(client.body()).toBe(begun);
    memory.time.advance(14_999);
    expect(client.body()).toBe(begun);
    memory.time.advance(5001);
    expect(client.body()).toBe(begun + keepAlive);
    memory.time.advance(60_000);
    const alive = client.body().slice(begun.length);
    expect(alive.length / keepAlive.length).toBeGreaterThanOrEqual(4);
    expect(alive).toBe(keepAlive.repeat(alive.length / keepAlive.length));
    // The frame whose first half had come is whole behind them.
    await play(1);
    expect(client.body().slice(begun.length + alive.length)).toBe(text("one"));
    await play(1);
    const all = client.body();
    memory.time.advance(10_000);
    expect(client.body()).toBe(all);
  });

  it("a silent upstream before its first frame: nothing is said, so that it can still fail over", async () => {
    const { client, play, memory } = await live(dialect, [head, data(`: hello\n\n${first}`), reset]);
    await play(2);
    memory.time.advance(120_000);
    expect(client.status()).toBe(0);
    await play(1);
    expect(client.status()).toBe(502);
  });

  it("comments without end are no answer: more than a mebibyte of them is given up", async () => {
    const comments = data(`: ${"zzz ".repeat(20_000)}\n\n`);
    const { client, play, played } = await live(dialect, [
      head,
      ...Array.from({ length: 20 }, () => comments),
    ]);
    await play(21);
    expect(client.status()).toBe(502);
    expect(client.header("x-sallyport-error")).toBe("upstream_malformed_response");
    expect(played.isAborted()).toBe(true);
  });

  it("a key that an error inside the stream quotes is in no answer and in no record", async () => {
    // As in `memory-gateway.ts`.
    const secret = "upstream-secret-0123456789";
    const { client, play, memory } = await live(dialect, [
      head,
      data(
        `event: error\ndata: {"type":"error","error":{"type":"invalid_request_error","message":"key ${secret} is bad"}}\n\n`,
      ),
    ]);
    await play(2);
    expect(client.status()).toBe(400);
    expect(client.body()).toContain("key ************************** is bad");
    expect(JSON.stringify(await memory.records())).not.toContain(secret.slice(-10));
  });

  it("one request too many: refused as overloaded, with a time to come back, and the others go on", async () => {
    const { client, play, memory } = await live(dialect, [head, data(first + text("one"))], {
      inFlightMax: 1,
    });
    await play(2);
    const late = await send(memory, dialect);
    expect(late.status()).toBe(503);
    expect(late.header("retry-after")).toMatch(/^[1-3]$/);
    expect(late.header("x-sallyport-shed")).toBe("in-flight");
    expect(late.header("x-sallyport-error")).toBe("overloaded");
    expect(late.header("x-sallyport-error-source")).toBe("gateway");
    expect(JSON.parse(late.body())).toMatchObject(
      dialect.name === "Chat"
        ? { error: { type: "server_error", code: "overloaded" } }
        : { type: "error", error: { type: "overloaded_error" } },
    );
    expect(client.isEnded()).toBe(false);
    client.goAway();
    expect(memory.gateway.control.state().inFlight).toBe(0);
  });
});

describe("a stream that lacks its last line end but is whole", () => {
  it.for([
    { name: "Chat", dialect: dialects[0], body: chatFirst + chatChunk({}, "stop") + chatDone },
    { name: "Messages", dialect: dialects[1], body: messageStart + messageText("hi") + messageStop },
  ])("$name passes byte for byte", async ({ dialect, body }) => {
    if (dialect === undefined) throw new Error("a dialect");
    const cut = body.slice(0, -2);
    const { client, play, memory } = await live(dialect, [head, data(cut), end]);
    await play(3);
    expect(client.body()).toBe(cut);
    expect(await memory.records()).toMatchObject([{ outcome: "completed" }]);
  });
});
