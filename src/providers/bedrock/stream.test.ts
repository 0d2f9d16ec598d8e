import { describe, expect, it } from "vitest";
import type { StreamPart } from "../../exchange/part.ts";
import { type Event, framesOf } from "./fixtures.test-support.ts";
import { bedrockConverse } from "./index.ts";
import { decodeStream } from "./stream.ts";

const begin: Event = ["messageStart", { role: "assistant" }];
const delta = (contentBlockIndex: number, change: object): Event => [
  "contentBlockDelta",
  { contentBlockIndex, delta: change, p: "abc" },
];
const open = (contentBlockIndex: number, start: object): Event => [
  "contentBlockStart",
  { contentBlockIndex, start },
];
const close = (contentBlockIndex: number): Event => ["contentBlockStop", { contentBlockIndex }];
const stop = (stopReason?: string, more: object = {}): Event => ["messageStop", { stopReason, ...more }];
const metadata = (usage: object = { inputTokens: 5, outputTokens: 9, totalTokens: 14 }): Event => [
  "metadata",
  { metrics: { latencyMs: 1 }, usage },
];

function read(...events: readonly Event[]): readonly StreamPart[] {
  const decoder = decodeStream();
  return [...framesOf(events).flatMap(decoder.push), ...decoder.end()];
}
/** The parts between the start and the usage. */
const body = (parts: readonly StreamPart[]) =>
  parts.filter(({ kind }) => kind !== "start" && kind !== "usage" && kind !== "finish");

describe("decodeStream", () => {
  it("tells start, blocks, usage and finish, in this order", () => {
    const parts = read(
      begin,
      delta(0, { text: "Hi" }),
      delta(0, { text: "" }),
      delta(0, { text: "!" }),
      close(0),
      open(1, { toolUse: { toolUseId: "tooluse_1", name: "f" } }),
      delta(1, { toolUse: { input: "" } }),
      delta(1, { toolUse: { input: '{"n":9007199254740993,' } }),
      delta(1, { toolUse: { input: '"x":1.0}' } }),
      close(1),
      stop("tool_use"),
      metadata(),
    );
    expect(parts).toMatchObject([
      { kind: "start", answerId: "", model: "" },
      { kind: "text-start", part: 0 },
      { kind: "text-delta", part: 0, text: "Hi" },
      { kind: "text-delta", part: 0, text: "!" },
      { kind: "text-end", part: 0 },
      { kind: "tool-input-start", part: 1, id: "tooluse_1", name: "f" },
      { kind: "tool-input-delta", part: 1, argumentsText: '{"n":9007199254740993,' },
      { kind: "tool-input-delta", part: 1, argumentsText: '"x":1.0}' },
      { kind: "tool-input-end", part: 1 },
      { kind: "usage", usage: { input: { total: 5 }, output: { total: 9 }, basis: "reported" } },
      { kind: "finish", finish: { reason: "tool-calls", raw: "tool_use" } },
    ]);
  });

  it("rule 47: waits with the finish for the usage behind it, and no longer than the stream lasts", () => {
    const decoder = decodeStream();
    const frames = framesOf([begin, delta(0, { text: "a" }), close(0), stop("end_turn"), metadata()]);
    const early = frames.slice(0, -1).flatMap(decoder.push);
    expect(early.some(({ kind }) => kind === "finish")).toBe(false);
    expect(
      frames
        .slice(-1)
        .flatMap(decoder.push)
        .map(({ kind }) => kind),
    ).toEqual(["usage", "finish"]);
    expect(read(begin, delta(0, { text: "a" }), stop("end_turn")).map(({ kind }) => kind)).toEqual([
      "start",
      "text-start",
      "text-delta",
      "text-end",
      "finish",
    ]);
  });

  it("rule 47: takes the usage before the stop as well, and never adds it up", () => {
    const parts = read(
      begin,
      metadata(),
      stop("end_turn"),
      metadata({ inputTokens: 99 }),
      delta(0, { text: "x" }),
    );
    expect(parts.map(({ kind }) => kind)).toEqual(["start", "usage", "finish"]);
  });

  it("passes over events that are newer than it is, whatever their data", () => {
    const decoder = decodeStream();
    const frame = { bytes: new Uint8Array(), kind: "event", event: "messageMusing", data: "~" } as const;
    expect(decoder.push(frame)).toEqual([]);
  });

  it("rule 7: the signature of reasoning ends it, also when it comes in pieces", () => {
    const parts = read(
      begin,
      delta(0, { reasoningContent: { text: "Let me" } }),
      delta(0, { reasoningContent: { signature: "ab" } }),
      delta(0, { reasoningContent: { signature: "cd" } }),
      close(0),
      delta(1, { text: "So" }),
      close(1),
      stop("end_turn"),
      metadata(),
    );
    expect(body(parts)).toEqual([
      { kind: "reasoning-start", part: 0 },
      { kind: "reasoning-delta", part: 0, text: "Let me" },
      { kind: "reasoning-end", part: 0, seal: { origin: "bedrock-converse", value: "abcd" } },
      { kind: "text-start", part: 1 },
      { kind: "text-delta", part: 1, text: "So" },
      { kind: "text-end", part: 1 },
    ]);
  });

  it("rule 8: reasoning whose text is withheld keeps its signature", () => {
    const parts = read(
      begin,
      delta(0, { reasoningContent: { text: "" } }),
      delta(0, { reasoningContent: { signature: "s" } }),
      close(0),
      stop("end_turn"),
    );
    expect(body(parts)).toEqual([
      { kind: "reasoning-start", part: 0 },
      { kind: "reasoning-end", part: 0, seal: { origin: "bedrock-converse", value: "s" } },
    ]);
  });

  it("rule 9: redacted reasoning comes whole, pieces of base64 joined by their bytes", () => {
    const parts = read(
      begin,
      delta(0, { reasoningContent: { redactedContent: btoa("a") } }),
      delta(0, { reasoningContent: { redactedContent: btoa("bc") } }),
      close(0),
      stop("end_turn"),
    );
    const seal = { origin: "bedrock-converse", value: btoa("abc") };
    expect(body(parts)).toEqual([
      { kind: "whole", part: 0, value: { kind: "reasoning", text: "", isRedacted: true, seal } },
    ]);
  });

  it("rule 37: a block of nothing but empty pieces is none", () => {
    expect(body(read(begin, open(0, {}), delta(0, { text: "" }), close(0), stop("end_turn")))).toEqual([]);
  });

  it("rule 36: a call without input has no piece", () => {
    const parts = read(
      begin,
      open(0, { toolUse: { toolUseId: "t", name: "f" } }),
      close(0),
      stop("tool_use"),
    );
    expect(body(parts)).toEqual([
      { kind: "tool-input-start", part: 0, id: "t", name: "f" },
      { kind: "tool-input-end", part: 0 },
    ]);
  });

  it("ends blocks that the stream leaves open", () => {
    const parts = read(begin, delta(0, { text: "a" }), delta(1, { text: "b" }), stop("end_turn"), metadata());
    expect(body(parts).filter(({ kind }) => kind === "text-end")).toEqual([
      { kind: "text-end", part: 0 },
      { kind: "text-end", part: 1 },
    ]);
  });

  it("begins a part of its own when the kind changes inside a block, or a block begins again", () => {
    const parts = read(
      begin,
      delta(0, { reasoningContent: { text: "r" } }),
      delta(0, { text: "t" }),
      close(0),
      delta(0, { text: "again" }),
      stop("end_turn"),
    );
    expect(body(parts).map((part) => [part.kind, "part" in part && part.part])).toEqual([
      ["reasoning-start", 0],
      ["reasoning-delta", 0],
      ["reasoning-end", 0],
      ["text-start", 1],
      ["text-delta", 1],
      ["text-end", 1],
      ["text-start", 2],
      ["text-delta", 2],
      ["text-end", 2],
    ]);
  });

  it("tells citations inside the text they stand by", () => {
    const citation = {
      title: "A page",
      sourceContent: [{ text: "what it " }, { text: "says" }],
      location: { web: { url: "https://a.example", domain: "a.example" } },
    };
    const parts = read(begin, delta(0, { text: "x" }), delta(0, { citation }), close(0), stop("end_turn"));
    expect(body(parts)).toEqual([
      { kind: "text-start", part: 0 },
      { kind: "text-delta", part: 0, text: "x" },
      {
        kind: "citation",
        part: 0,
        citation: {
          url: "https://a.example",
          title: "A page",
          quote: "what it says",
          raw: citation,
          origin: "bedrock-converse",
        },
      },
      { kind: "text-end", part: 0 },
    ]);
  });

  it("puts images together from their pieces", () => {
    const piece = (bytes: string) => delta(0, { image: { source: { bytes } } });
    const parts = read(
      begin,
      open(0, { image: { format: "png" } }),
      piece("AAAA"),
      close(0),
      stop("end_turn"),
    );
    expect(body(parts)).toEqual([
      {
        kind: "whole",
        part: 0,
        value: { kind: "image", source: { kind: "base64", data: "AAAA" }, mediaType: "image/png" },
      },
    ]);
  });

  it.for<{
    readonly name: string;
    readonly events: readonly Event[];
    readonly type: string;
    readonly raw: string;
  }>([
    {
      name: "a call of a tool that the provider runs",
      events: [
        open(0, { toolUse: { toolUseId: "s", name: "web", type: "server_tool_use" } }),
        delta(0, { toolUse: { input: '{"q":' } }),
        delta(0, { toolUse: { input: "1.0}" } }),
      ],
      type: "server_tool_use",
      raw: '{"toolUse":{"toolUseId":"s","name":"web","type":"server_tool_use","input":{"q":1.0}}}',
    },
    {
      name: "its result",
      events: [
        open(0, { toolResult: { toolUseId: "s", status: "success" } }),
        delta(0, { toolResult: [{ text: "a" }, { json: { n: 1 } }] }),
        delta(0, { toolResult: [{ text: "b" }] }),
      ],
      type: "toolResult",
      raw: '{"toolResult":{"toolUseId":"s","status":"success","content":[{"text":"a"},{"json":{"n":1}},{"text":"b"}]}}',
    },
    {
      name: "a kind of block that is newer than we are",
      events: [open(0, { hologram: { size: 3 } }), delta(0, { hologram: { dots: "x" } })],
      type: "hologram",
      raw: '{"hologram":[{"size":3},{"dots":"x"}]}',
    },
    {
      name: "an image that failed",
      events: [open(0, { image: { format: "png" } }), delta(0, { image: { error: { message: "no" } } })],
      type: "image",
      raw: '{"image":[{"error":{"message":"no"}}]}',
    },
  ])("keeps $name as it stands", ({ events, type, raw }) => {
    const parts = body(read(begin, ...events, close(0), stop("end_turn")));
    expect(parts).toMatchObject([
      { kind: "whole", value: { kind: "opaque", type, origin: "bedrock-converse", raw: { text: raw } } },
    ]);
  });

  it("does not take a server tool's call for one of the client's", () => {
    const server = open(0, { toolUse: { toolUseId: "s", name: "web", type: "server_tool_use" } });
    expect(read(begin, server, close(0), stop("end_turn")).at(-1)).toMatchObject({
      finish: { reason: "stop" },
    });
  });

  it("passes over events and members that are newer than it is", () => {
    expect(
      read(begin, ["messageMusing", { a: 1 }], stop("end_turn", { x: 1 })).map(({ kind }) => kind),
    ).toEqual(["start", "finish"]);
  });
});

describe("rule 46: finish reasons", () => {
  it.for([
    ["end_turn", "stop"],
    ["stop_sequence", "stop-sequence"],
    ["max_tokens", "length"],
    ["model_context_window_exceeded", "context-length"],
    ["tool_use", "tool-calls"],
    ["guardrail_intervened", "content-filter"],
    ["content_filtered", "content-filter"],
    ["something_new", "other"],
  ])("%s is %s", ([raw, reason]) => {
    expect(read(begin, stop(raw), metadata()).at(-1)).toEqual({ kind: "finish", finish: { reason, raw } });
  });

  it.for(["malformed_model_output", "malformed_tool_use"])("%s is a failure, no finish", (raw) => {
    const parts = read(begin, delta(0, { text: "a" }), stop(raw), metadata());
    expect(parts.at(-1)).toMatchObject({ kind: "error", failure: { code: "upstream_malformed_response" } });
    expect(parts.at(-2)).toEqual({ kind: "text-end", part: 0 });
  });

  it("end_turn next to a call is the end for the call", () => {
    const parts = read(
      begin,
      open(0, { toolUse: { toolUseId: "t", name: "f" } }),
      close(0),
      stop("end_turn"),
    );
    expect(parts.at(-1)).toEqual({ kind: "finish", finish: { reason: "tool-calls", raw: "end_turn" } });
  });

  it.for([{ stop_sequence: "|" }, { delta: { stop_sequence: "|" } }])(
    "the stop sequence is read from Claude's field %j",
    (additionalModelResponseFields) => {
      expect(read(begin, stop("stop_sequence", { additionalModelResponseFields })).at(-1)).toMatchObject({
        finish: { reason: "stop-sequence", stopSequence: "|" },
      });
    },
  );

  it("no stop sequence is told where the field is null", () => {
    const more = { additionalModelResponseFields: { delta: { stop_sequence: null } } };
    expect(read(begin, stop("end_turn", more)).at(-1)).toEqual({
      kind: "finish",
      finish: { reason: "stop", raw: "end_turn" },
    });
  });
});

describe("rule 48: how a stream ends", () => {
  it("with a stop that has no reason: other, never stop", () => {
    expect(read(begin, delta(0, { text: "a" }), stop()).at(-1)).toEqual({
      kind: "finish",
      finish: { reason: "other", raw: "" },
    });
  });

  it.for<{ readonly name: string; readonly events: readonly Event[] }>([
    { name: "nothing", events: [] },
    { name: "the start", events: [begin] },
    { name: "a piece", events: [begin, delta(0, { text: "a" })] },
    { name: "a block", events: [begin, delta(0, { text: "a" }), close(0)] },
    { name: "the usage", events: [begin, delta(0, { text: "a" }), close(0), metadata()] },
  ])("after $name: broken, not whole", ({ events }) => {
    expect(read(...events).at(-1)).toMatchObject({
      kind: "error",
      failure: { code: "upstream_stream_broken", status: 502 },
    });
  });
});

describe("rule 50: exceptions inside a stream", () => {
  it.for([
    ["throttlingException", "upstream_rate_limited", 429],
    ["serviceUnavailableException", "upstream_overloaded", 503],
    ["internalServerException", "upstream_failed", 502],
    ["modelStreamErrorException", "upstream_failed", 502],
    ["modelTimeoutException", "upstream_timeout", 504],
    ["validationException", "upstream_rejected", 400],
    ["somethingNewException", "upstream_failed", 502],
  ] as const)("%s is %s", ([name, code, status]) => {
    const parts = read(
      begin,
      delta(0, { text: "a" }),
      [`exception:${name}`, { message: "words" }],
      stop("end_turn"),
    );
    expect(parts.slice(-2)).toEqual([
      { kind: "text-end", part: 0 },
      {
        kind: "error",
        failure: { code, status, message: "words", upstreamCode: name[0]?.toUpperCase() + name.slice(1) },
      },
    ]);
  });

  it("tells the model's own words and status", () => {
    const told = { message: "The model failed.", originalMessage: "busy", originalStatusCode: 529 };
    expect(read(["exception:modelStreamErrorException", told]).at(-1)).toMatchObject({
      failure: { code: "upstream_overloaded", status: 503, message: "The model failed.: busy" },
    });
  });

  it("a frame whose data is no JSON is malformed", () => {
    const decoder = bedrockConverse.decodeStream();
    const frame = { bytes: new Uint8Array(), kind: "event", event: "contentBlockDelta", data: "{" } as const;
    expect(decoder.push(frame)).toMatchObject([
      { kind: "error", failure: { code: "upstream_malformed_response" } },
    ]);
    expect(decoder.end()).toEqual([]);
  });
});

describe("tapStream", () => {
  const tapAll = (...events: readonly Event[]) => {
    const tap = bedrockConverse.tapStream({ hidesUsage: false });
    return { roles: framesOf(events).map(tap.push), tap };
  };

  it("ends with the later of stop and usage", () => {
    expect(tapAll(begin, delta(0, { text: "a" }), close(0), stop("end_turn"), metadata()).roles).toEqual([
      "content",
      "content",
      "content",
      "content",
      "end",
    ]);
    expect(tapAll(begin, metadata(), stop("end_turn")).roles).toEqual(["content", "content", "end"]);
  });

  it("is complete from the stop on, for that is when all was said", () => {
    expect(tapAll(begin, metadata()).tap.isComplete()).toBe(false);
    expect(tapAll(begin, stop("end_turn")).tap.isComplete()).toBe(true);
    expect(tapAll(begin, stop("malformed_tool_use")).tap.isComplete()).toBe(false);
  });

  it("tells an exception", () => {
    const { roles, tap } = tapAll(begin, ["exception:throttlingException", { message: "slow" }]);
    expect(roles).toEqual(["content", "error"]);
    expect(tap.failure()).toMatchObject({ code: "upstream_rate_limited", message: "slow" });
    expect(tap.isComplete()).toBe(false);
  });

  it("reads calls of tools, and passes over those of the provider", () => {
    const call = open(0, { toolUse: { toolUseId: "t", name: "f" } });
    const server = open(0, { toolUse: { toolUseId: "t", name: "f", type: "server_tool_use" } });
    expect(tapAll(begin, call, stop("end_turn")).tap.tapped().finish?.reason).toBe("tool-calls");
    expect(tapAll(begin, server, stop("end_turn")).tap.tapped().finish?.reason).toBe("stop");
  });

  it("takes data that is no JSON for an error", () => {
    const tap = bedrockConverse.tapStream({ hidesUsage: false });
    expect(tap.push({ bytes: new Uint8Array(), kind: "event", event: "metadata", data: "{" })).toBe("error");
    expect(tap.push({ bytes: new Uint8Array(), kind: "comment", event: "", data: "" })).toBe("idle");
  });
});
