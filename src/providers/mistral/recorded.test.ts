import { describe, expect, it } from "vitest";
import { hasRecordedTraffic, recordedTraffic } from "../../../test/support/recorded-traffic.ts";
import type { Part } from "../../exchange/part.ts";
import type { Usage } from "../../exchange/usage.ts";
import { mistral } from "./index.ts";
import {
  assemble,
  framesOf,
  hasFixtures,
  partsOf,
  streamFixtures,
  violations,
  wholeFixtures,
} from "./wire.test-support.ts";

interface WireCall {
  readonly id?: string;
  readonly index?: number;
  readonly function: { readonly name: string; readonly arguments: string };
}

type WireChunk =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "thinking"; readonly thinking: readonly { readonly text: string }[] };

interface WireMessage {
  readonly content?: string | readonly WireChunk[] | null;
  readonly tool_calls?: readonly WireCall[] | null;
}

interface WireUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens: number };
}

interface Wire {
  readonly id: string;
  readonly model: string;
  readonly created: number;
  readonly usage?: WireUsage;
  readonly choices: readonly {
    readonly message?: WireMessage;
    readonly delta?: WireMessage;
    readonly finish_reason: string | null;
  }[];
}

/** What an independent, plain reading of the JSON finds in one answer, or in the chunks of one. */
interface Plain {
  readonly id: string | undefined;
  readonly model: string | undefined;
  readonly createdAt: number;
  readonly text: string;
  readonly reasoning: string;
  /** Id, name and arguments. */
  readonly calls: readonly (readonly string[])[];
  readonly finish: string | undefined;
  readonly usage: WireUsage | undefined;
}

function plainReading(wires: readonly Wire[]): Plain {
  const [first] = wires;
  const choices = wires.flatMap((wire) => wire.choices);
  const messages = choices.map(({ message, delta }) => message ?? delta ?? {});
  const chunks = messages.flatMap(({ content }): readonly WireChunk[] =>
    typeof content === "string" ? [{ type: "text", text: content }] : (content ?? []),
  );
  const thoughts = chunks.flatMap((chunk) => (chunk.type === "thinking" ? chunk.thinking : []));
  return {
    id: first?.id,
    model: first?.model,
    createdAt: (first?.created ?? 0) * 1000,
    text: chunks.map((chunk) => (chunk.type === "text" ? chunk.text : "")).join(""),
    reasoning: thoughts.map(({ text }) => text).join(""),
    calls: plainCalls(messages.flatMap(({ tool_calls: calls }) => calls ?? [])),
    finish: choices.find(({ finish_reason: reason }) => reason !== null)?.finish_reason ?? undefined,
    usage: wires.find(({ usage }) => usage !== undefined)?.usage,
  };
}

/** A piece with an id begins a call, one without goes on with it. */
function plainCalls(pieces: readonly WireCall[]): Plain["calls"] {
  const calls: string[][] = [];
  for (const { id, function: called } of pieces) {
    if (id !== undefined) calls.push([id, called.name, called.arguments]);
    else {
      const [open = "", name = "", before = ""] = calls.pop() ?? [];
      calls.push([open, name, before + called.arguments]);
    }
  }
  return calls;
}

function shownParts(parts: readonly Part[]): Pick<Plain, "text" | "reasoning" | "calls"> {
  const joined = (kind: "text" | "reasoning"): string =>
    parts.flatMap((part) => (part.kind === kind ? [part.text] : [])).join("");
  return {
    text: joined("text"),
    reasoning: joined("reasoning"),
    calls: parts.flatMap((part) =>
      part.kind === "tool-call" ? [[part.id, part.name, part.argumentsText]] : [],
    ),
  };
}

const plainParts = ({ text, reasoning, calls }: Plain) => ({ text, reasoning, calls });
const classes: Readonly<Record<string, string>> = { stop: "stop", tool_calls: "tool-calls" };

function expectUsage(usage: Usage | undefined, wire: WireUsage | undefined): void {
  const cached = wire?.prompt_tokens_details?.cached_tokens;
  expect(usage).toMatchObject({
    input: {
      total: wire?.prompt_tokens,
      uncached: (wire?.prompt_tokens ?? 0) - (cached ?? 0),
      ...(cached !== undefined && { cacheRead: cached }),
    },
    output: { total: wire?.completion_tokens },
    basis: "reported",
  });
  expect(JSON.parse(usage?.raw?.text ?? "")).toEqual(wire);
}

function expectWhole(body: Uint8Array): void {
  const plain = plainReading([JSON.parse(Buffer.from(body).toString())]);
  const decoding = mistral.decodeAnswer(body);
  if (decoding.kind !== "answer") throw new Error(decoding.failure.message);
  const { answer, warnings } = decoding;
  expect(warnings).toEqual([]);
  const { answerId, model, createdAt, finish, usage } = answer;
  expect({ answerId, model, createdAt }).toEqual({
    answerId: plain.id,
    model: plain.model,
    createdAt: plain.createdAt,
  });
  expect(shownParts(answer.parts)).toEqual(plainParts(plain));
  expect(finish).toEqual({ reason: classes[plain.finish ?? ""], raw: plain.finish });
  expectUsage(usage, plain.usage);
  expect(mistral.tapAnswer(body)).toEqual({ model, usage, finish });
}

function expectStream(body: Uint8Array): void {
  const frames = framesOf(body);
  const wires = frames.flatMap(({ data }): readonly Wire[] =>
    data.startsWith("{") ? [JSON.parse(data)] : [],
  );
  const plain = plainReading(wires);
  const parts = partsOf(body);
  expect(violations(parts)).toEqual([]);
  expect(parts[0]).toEqual({
    kind: "start",
    answerId: plain.id,
    model: plain.model,
    createdAt: plain.createdAt,
  });
  expect(shownParts(assemble(parts))).toEqual(plainParts(plain));
  const usage = parts.find((part) => part.kind === "usage")?.usage;
  const finish = parts.find((part) => part.kind === "finish")?.finish;
  expect(finish).toEqual({ reason: classes[plain.finish ?? ""], raw: plain.finish });
  expectUsage(usage, plain.usage);

  for (const step of [1, 7, 100]) expect(partsOf(body, step)).toEqual(parts);

  const tap = mistral.tapStream({ hidesUsage: false });
  const roles = frames.map((frame) => tap.push(frame));
  expect(new Set(roles.slice(0, wires.length))).toEqual(new Set(["content"]));
  expect(tap.tapped()).toEqual({ model: plain.model, usage, finish });
  expect(tap.isComplete()).toBe(true);
  expect(tap.failure()).toBeUndefined();
}

/** Cut before its finish, a stream is an error and never whole. */
function expectCutsAreErrors(body: Uint8Array): void {
  const frames = framesOf(body);
  const last = frames.findIndex(({ data }) => /"finish_reason":\s*"/.test(data));
  expect(last).toBeGreaterThan(0);
  for (let count = 0; count <= last; count += 1) {
    const decoder = mistral.decodeStream();
    const tap = mistral.tapStream({ hidesUsage: false });
    for (const frame of frames.slice(0, count)) {
      decoder.push(frame);
      tap.push(frame);
    }
    expect(decoder.end()).toMatchObject([{ kind: "error", failure: { code: "upstream_stream_broken" } }]);
    expect(tap.isComplete()).toBe(false);
  }
}

const records = hasRecordedTraffic() ? recordedTraffic("mistral.chat") : [];
const streams = records.filter(({ isStream }) => isStream);

describe.skipIf(records.length === 0)("recorded traffic", () => {
  it("is what these tests take it for", () => {
    expect(records).toHaveLength(18);
    expect(streams).toHaveLength(11);
  });

  it.for(records.map(({ name, ...record }) => ({ name, record })))(
    "is read as plain JSON says: $name",
    ({ record: { response, isStream } }) => {
      if (isStream) expectStream(response);
      else expectWhole(response);
    },
  );

  it("that is cut before its finish is never taken for whole", () => {
    for (const { response } of streams) expectCutsAreErrors(response);
    expect(streams.length).toBeGreaterThan(0);
  });
});

describe.skipIf(!hasFixtures())("the fixtures of another client", () => {
  it.for(wholeFixtures())("are read as plain JSON says: $name", ({ body }) => expectWhole(body));

  it.for(streamFixtures())("are read as plain JSON says: $name", ({ body }) => {
    expectStream(body);
    expectCutsAreErrors(body);
  });
});
