import { describe, expect, it } from "vitest";
import {
  hasRecordedTraffic,
  type Recorded,
  recordedTraffic,
} from "../../../test/support/recorded-traffic.ts";
import type { Part } from "../../exchange/part.ts";
import { cohere } from "./index.ts";
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
  readonly id: string;
  readonly function: { readonly name: string; readonly arguments: string };
}

interface WireUsage {
  readonly tokens: { readonly input_tokens: number; readonly output_tokens: number };
  readonly billed_units: { readonly input_tokens: number; readonly output_tokens: number };
  readonly cached_tokens?: number;
}

interface WireMessage {
  readonly content?: readonly { readonly text?: string; readonly thinking?: string }[];
  readonly tool_plan?: string;
  readonly tool_calls?: readonly WireCall[];
  readonly citations?: readonly { readonly text: string; readonly sources: readonly unknown[] }[];
}

interface WireAnswer {
  readonly id: string;
  readonly message: WireMessage;
  readonly finish_reason: string;
  readonly usage: WireUsage;
}

interface WireEvent {
  readonly type: string;
  readonly id?: string;
  readonly index?: number;
  readonly delta?: {
    readonly message?: {
      readonly content?: { readonly text?: string; readonly thinking?: string };
      readonly tool_plan?: string;
      /** One call, but an empty list in the first event. */
      readonly tool_calls?: WireCall;
    };
    readonly finish_reason?: string;
    readonly usage?: WireUsage;
  };
}

/** What an independent, plain reading of the JSON finds. */
interface Plain {
  readonly id: string | undefined;
  readonly text: string;
  readonly reasoning: string;
  /** Id, name and arguments. */
  readonly calls: readonly (readonly string[])[];
  readonly finish: string | undefined;
  readonly usage: WireUsage | undefined;
}

function plainAnswer({ id, message, finish_reason: finish, usage }: WireAnswer): Plain {
  const content = message.content ?? [];
  return {
    id,
    text: content.map(({ text }) => text ?? "").join(""),
    reasoning: content.map(({ thinking }) => thinking ?? "").join("") + (message.tool_plan ?? ""),
    calls: (message.tool_calls ?? []).map(({ id: call, function: f }) => [call, f.name, argumentsOf(f)]),
    finish,
    usage,
  };
}

/** A call of a tool without parameters has the text null. */
const argumentsOf = ({ arguments: text }: WireCall["function"]): string => (text === "null" ? "" : text);

function plainStream(events: readonly WireEvent[]): Plain {
  const deltas = events.map(({ delta }) => delta?.message ?? {});
  const last = events.find(({ type }) => type === "message-end")?.delta;
  return {
    id: events.find(({ type }) => type === "message-start")?.id,
    text: deltas.map(({ content }) => content?.text ?? "").join(""),
    reasoning: deltas.map(({ content, tool_plan: plan }) => content?.thinking ?? plan ?? "").join(""),
    calls: plainCalls(events),
    finish: last?.finish_reason,
    usage: last?.usage,
  };
}

function plainCalls(events: readonly WireEvent[]): Plain["calls"] {
  const calls: string[][] = [];
  for (const { type, index = 0, delta } of events) {
    const call = delta?.message?.tool_calls;
    const [id = "", name = "", before = ""] = calls[index] ?? [];
    if (type === "tool-call-start") calls[index] = [call?.id ?? "", call?.function.name ?? "", ""];
    if (type === "tool-call-delta") calls[index] = [id, name, before + (call?.function.arguments ?? "")];
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

const classes: Readonly<Record<string, string>> = {
  COMPLETE: "stop",
  MAX_TOKENS: "length",
  TOOL_CALL: "tool-calls",
};

function expectUsage(usage: ReturnType<typeof cohere.tapAnswer>, wire: WireUsage | undefined): void {
  const cached = wire?.cached_tokens;
  expect(usage?.usage).toMatchObject({
    input: {
      total: wire?.tokens.input_tokens,
      uncached: (wire?.tokens.input_tokens ?? 0) - (cached ?? 0),
      ...(cached !== undefined && { cacheRead: cached }),
    },
    output: { total: wire?.tokens.output_tokens },
    counts: {
      billedInputTokens: wire?.billed_units.input_tokens,
      billedOutputTokens: wire?.billed_units.output_tokens,
    },
    basis: "reported",
  });
  expect(JSON.parse(usage?.usage?.raw?.text ?? "")).toEqual(wire);
}

function expectWhole(body: Uint8Array): void {
  const wire: WireAnswer = JSON.parse(Buffer.from(body).toString());
  const plain = plainAnswer(wire);
  const decoding = cohere.decodeAnswer(body);
  if (decoding.kind !== "answer") throw new Error(decoding.failure.message);
  const { answer, warnings } = decoding;
  expect(warnings).toEqual([]);
  expect(answer.answerId).toBe(plain.id);
  expect(shownParts(answer.parts)).toEqual({
    text: plain.text,
    reasoning: plain.reasoning,
    calls: plain.calls,
  });
  expect(answer.finish).toEqual({ reason: classes[plain.finish ?? ""], raw: plain.finish });
  expectUsage({ ...(answer.usage && { usage: answer.usage }) }, plain.usage);
  expect(cohere.tapAnswer(body)).toEqual({ usage: answer.usage, finish: answer.finish });

  const cited = answer.parts.flatMap((part) => (part.kind === "text" ? (part.citations ?? []) : []));
  const told = (wire.message.citations ?? []).flatMap(({ text, sources }) => sources.map(() => text));
  expect(cited.map(({ start, end }) => plain.text.slice(start, end))).toEqual(told);
}

function expectStream(body: Uint8Array): void {
  const frames = framesOf(body);
  const events = frames.flatMap(({ data }): readonly WireEvent[] =>
    data === "" || data === "[DONE]" ? [] : [JSON.parse(data)],
  );
  const plain = plainStream(events);
  const parts = partsOf(body);
  expect(violations(parts)).toEqual([]);
  expect(parts[0]).toEqual({ kind: "start", answerId: plain.id, model: "" });
  expect(shownParts(assemble(parts))).toEqual({
    text: plain.text,
    reasoning: plain.reasoning,
    calls: plain.calls,
  });
  const usage = parts.find((part) => part.kind === "usage")?.usage;
  const finish = parts.find((part) => part.kind === "finish")?.finish;
  expect(finish).toEqual({ reason: classes[plain.finish ?? ""], raw: plain.finish });
  expectUsage({ ...(usage && { usage }) }, plain.usage);

  for (const step of [1, 7, 100]) expect(partsOf(body, step)).toEqual(parts);

  const tap = cohere.tapStream({ hidesUsage: false });
  const roles = frames.map((frame) => tap.push(frame));
  expect(new Set(roles.slice(0, events.length))).toEqual(new Set(["content"]));
  expect(tap.tapped()).toEqual({ usage, finish });
  expect(tap.isComplete()).toBe(true);
  expect(tap.failure()).toBeUndefined();
}

/** Cut before its last event, a stream is an error and never whole. */
function expectCutsAreErrors(body: Uint8Array): void {
  const frames = framesOf(body);
  const last = frames.findIndex(({ data }) => data.includes('"message-end"'));
  expect(last).toBeGreaterThan(0);
  for (let count = 0; count <= last; count += 1) {
    const decoder = cohere.decodeStream();
    const tap = cohere.tapStream({ hidesUsage: false });
    for (const frame of frames.slice(0, count)) {
      decoder.push(frame);
      tap.push(frame);
    }
    expect(decoder.end()).toMatchObject([{ kind: "error", failure: { code: "upstream_stream_broken" } }]);
    expect(tap.isComplete()).toBe(false);
  }
}

const records = hasRecordedTraffic() ? recordedTraffic("cohere.chat") : [];
/** The records of version 2; the others are of version 1, and of another provider whose path is like Cohere's. */
const isVersion2 = ({ name }: Recorded): boolean => /cohere_v2|instrumentation-langchain/.test(name);
const version2 = records.filter(isVersion2);
const others = records.filter((record) => !isVersion2(record));

describe.skipIf(records.length === 0)("recorded traffic", () => {
  it("is what these tests take it for", () => {
    expect(records).toHaveLength(46);
    expect(version2.filter(({ isStream }) => isStream)).toHaveLength(10);
    expect(version2.filter(({ isStream }) => !isStream)).toHaveLength(8);
  });

  it.for(version2.map(({ name, ...record }) => ({ name, record })))(
    "is read as plain JSON says: $name",
    ({ record: { response, isStream } }) => {
      if (isStream) expectStream(response);
      else expectWhole(response);
    },
  );

  it("that is cut before its last event is never taken for whole", () => {
    const streams = version2.filter(({ isStream }) => isStream);
    for (const { response } of streams) expectCutsAreErrors(response);
    expect(streams).toHaveLength(10);
  });

  it("of version 1 fails cleanly", () => {
    expect(others).toHaveLength(28);
    for (const { name, response, isStream, status } of others) {
      if (status !== 200) continue;
      expect(cohere.tapAnswer(response), name).toBeUndefined();
      expect(cohere.decodeAnswer(response), name).toMatchObject({
        kind: "failure",
        failure: { code: "upstream_malformed_response", status: 502 },
      });
      if (!isStream) continue;
      const malformed = { code: "upstream_malformed_response" };
      expect(partsOf(response), name).toMatchObject([{ kind: "error", failure: malformed }]);
      const tap = cohere.tapStream({ hidesUsage: false });
      expect(framesOf(response).map((frame) => tap.push(frame))[0], name).toBe("error");
      expect(tap.failure(), name).toMatchObject(malformed);
      expect(tap.isComplete(), name).toBe(false);
    }
  });

  it("has two refusals, of models that are gone", () => {
    const refusals = others.filter(({ status }) => status !== 200);
    expect(refusals.map(({ status, response }) => cohere.readFailure(status, new Map(), response))).toEqual(
      refusals.map(({ response }) => ({
        code: "model_not_found",
        status: 404,
        message: JSON.parse(response.toString()).message,
      })),
    );
    expect(refusals).toHaveLength(2);
  });
});

describe.skipIf(!hasFixtures())("the fixtures of another client", () => {
  it.for(wholeFixtures())("are read as plain JSON says: $name", ({ body }) => expectWhole(body));

  it.for(streamFixtures())("are read as plain JSON says: $name", ({ body }) => {
    expectStream(body);
    expectCutsAreErrors(body);
  });
});
