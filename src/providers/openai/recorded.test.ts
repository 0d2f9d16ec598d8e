import type { Response as SdkResponse } from "openai/resources/responses/responses";
import { describe, expect, it } from "vitest";
import { hasRecordedTraffic, recordedTraffic } from "../../../test/support/recorded-traffic.ts";
import type { Frame } from "../../exchange/codec.ts";
import type { Part, StreamPart } from "../../exchange/part.ts";
import {
  assemble,
  eventsOf,
  framesOf,
  hasFixtures,
  streamFixtures,
  streamPartsOf,
  wholeFixtures,
} from "./fixtures.test-support.ts";
import { openaiResponsesUpstream as upstream } from "./index.ts";
import { sdkFinalResponse, sdkResponse } from "./official-sdk.test-support.ts";

/** What a client reads of an answer. */
interface Plain {
  readonly texts: readonly string[];
  readonly refusals: readonly string[];
  readonly calls: readonly (readonly [string, string, string])[];
  readonly reasoning: readonly (readonly [string, string])[];
  readonly citations: readonly unknown[];
  readonly others: readonly string[];
}

/** The SDK's own reading. */
function plainOf({ output }: Pick<SdkResponse, "output">): Plain {
  const texts: string[] = [];
  const refusals: string[] = [];
  const calls: (readonly [string, string, string])[] = [];
  const reasoning: (readonly [string, string])[] = [];
  const citations: unknown[] = [];
  const others: string[] = [];
  for (const item of output) {
    const isBound =
      ("namespace" in item && item.namespace !== undefined) ||
      ("caller" in item && item.caller?.type === "program");
    if (item.type === "message") {
      for (const content of item.content) {
        if (content.type === "refusal") refusals.push(content.refusal);
        else if (content.text !== "") texts.push(content.text);
        if (content.type === "output_text") citations.push(...content.annotations);
      }
    } else if (item.type === "reasoning") {
      const said = [...item.summary, ...(item.content ?? [])].map(({ text }) => text).join("\n\n");
      reasoning.push([said, `${item.id} ${item.encrypted_content ?? ""}`]);
    } else if (item.type === "function_call" && !isBound)
      calls.push([item.call_id, item.name, item.arguments]);
    else if (item.type === "custom_tool_call") calls.push([item.call_id, item.name, item.input]);
    else others.push(item.type);
  }
  return { texts, refusals, calls, reasoning, citations, others };
}

function shown(parts: readonly Part[]): Plain {
  const of = <Kind extends Part["kind"]>(kind: Kind) =>
    parts.filter((part): part is Extract<Part, { kind: Kind }> => part.kind === kind);
  return {
    texts: of("text").map(({ text }) => text),
    refusals: of("refusal").map(({ text }) => text),
    calls: of("tool-call").map(({ id, name, argumentsText }) => [id, name, argumentsText]),
    reasoning: of("reasoning").map(({ text, seal }) => [text, `${seal?.itemId} ${seal?.value}`]),
    citations: of("text").flatMap(({ citations = [] }) => citations.map(({ raw }) => raw)),
    others: of("opaque").map(({ type }) => type),
  };
}

function reasonOf({ status, incomplete_details: details, output }: SdkResponse): string {
  if (status === "incomplete") return details?.reason === "max_output_tokens" ? "length" : "other";
  const hasCall = output.some(({ type }) => type === "function_call" || type === "custom_tool_call");
  return hasCall ? "tool-calls" : "stop";
}

const countsOf = ({ usage }: SdkResponse) =>
  usage && [
    usage.input_tokens,
    usage.input_tokens_details.cached_tokens,
    usage.output_tokens,
    usage.output_tokens_details.reasoning_tokens,
  ];

const answerOf = (body: Uint8Array) => {
  const decoding = upstream.decodeAnswer(body);
  if (decoding.kind === "failure") throw new Error(decoding.failure.message);
  return decoding.answer;
};

const usageIn = (parts: readonly StreamPart[]) => parts.find((part) => part.kind === "usage")?.usage;
const finishIn = (parts: readonly StreamPart[]) => parts.find((part) => part.kind === "finish")?.finish;

function tapAll(frames: readonly Frame[]) {
  const tap = upstream.tapStream({ hidesUsage: false });
  const roles = frames.map((frame) => tap.push(frame));
  return { tap, roles };
}

/** Blocks start, grow and end once; usage and finish come last. */
function expectGrammar(parts: readonly StreamPart[], name: string): void {
  const open = new Set<number>();
  const closed = new Set<number>();
  expect(parts[0]?.kind, name).toBe("start");
  for (const part of parts) {
    if (!("part" in part)) continue;
    if (part.kind.endsWith("-start") || part.kind === "whole") {
      expect(open.has(part.part) || closed.has(part.part), `${name} ${part.kind}`).toBe(false);
      (part.kind === "whole" ? closed : open).add(part.part);
      continue;
    }
    expect(open.has(part.part), `${name} ${part.kind}`).toBe(true);
    if (!part.kind.endsWith("-end")) continue;
    open.delete(part.part);
    closed.add(part.part);
  }
  expect(open.size, name).toBe(0);
  expect(
    [...closed].toSorted((left, right) => left - right),
    name,
  ).toEqual([...closed.keys()].map((_, index) => index));
  const last = parts.filter((part) => !("part" in part)).map(({ kind }) => kind);
  expect(["start,finish", "start,usage,finish"], name).toContain(last.join());
  expect(parts.at(-1)?.kind, name).toBe("finish");
}

/** Fixtures whose last event was shortened by hand, or has other ids than the events before. */
const edited = /id-rotation|openai-shell-container\.1/;

/** The output with its reasoning as it was told when it was done: the last event encrypts it anew. */
function asStreamed({ output }: SdkResponse, datas: readonly string[]): SdkResponse["output"] {
  const events: readonly { readonly type: string; readonly item: SdkResponse["output"][number] }[] =
    datas.map((data) => JSON.parse(data));
  const done = events.flatMap(({ type, item }) => (type === "response.output_item.done" ? item : []));
  return output.map((item) => done.find(({ type, id }) => type === "reasoning" && id === item.id) ?? item);
}

const records = hasRecordedTraffic() ? recordedTraffic("openai.responses") : [];
const streams = records.filter(({ isStream }) => isStream);
const wholes = records.filter(({ isStream, status }) => !isStream && status === 200);

/** A response is known by its id, and a sealed thought in it by its own. */
const stateIdsIn = ({ id, output }: SdkResponse): readonly string[] => [
  id,
  ...output.flatMap((item) =>
    item.type === "reasoning" && typeof item.encrypted_content === "string" ? [item.id] : [],
  ),
];

describe.skipIf(records.length === 0)("recorded traffic", () => {
  it("has whole answers that are decoded and tapped to what the official SDK reads", async () => {
    expect(wholes).toHaveLength(75);
    for (const { name, response } of wholes) {
      const sdk = await sdkResponse(response);
      const answer = answerOf(response);
      expect(shown(answer.parts), name).toEqual(plainOf(sdk));
      expect([answer.answerId, answer.model, answer.createdAt], name).toEqual([
        sdk.id,
        sdk.model,
        sdk.created_at * 1000,
      ]);
      expect(answer.finish, name).toEqual({ reason: reasonOf(sdk), raw: sdk.status });
      const { usage } = answer;
      expect(
        [usage?.input.total, usage?.input.cacheRead, usage?.output.total, usage?.output.reasoning],
        name,
      ).toEqual(countsOf(sdk));
      expect(usage?.tier, name).toBe(sdk.service_tier);
      expect(JSON.parse(usage?.raw?.text ?? ""), name).toEqual(sdk.usage);
      expect(upstream.tapAnswer(response), name).toEqual({
        model: answer.model,
        usage,
        finish: answer.finish,
        stateIds: stateIdsIn(sdk),
      });
    }
  });

  it("has streams that are decoded and tapped to what the official SDK reads", async () => {
    expect(streams).toHaveLength(42);
    for (const { name, response } of streams) {
      const sdk = await sdkFinalResponse(response);
      const frames = framesOf(response);
      const parts = streamPartsOf(frames);
      expectGrammar(parts, name);
      expect(shown(assemble(parts)), name).toEqual(plainOf(sdk));
      const whole = answerOf(Buffer.from(JSON.stringify(sdk)));
      expect(assemble(parts), name).toEqual(whole.parts);
      expect(finishIn(parts), name).toEqual(whole.finish);
      expect(usageIn(parts), name).toEqual({ ...whole.usage, raw: usageIn(parts)?.raw });
      const { tap, roles } = tapAll(frames);
      expect(roles.slice(0, 2), name).toEqual(["idle", "idle"]);
      const first = roles.indexOf("content");
      expect(new Set(roles.slice(0, first)), name).toEqual(new Set(["idle"]));
      expect(new Set(roles.slice(first, -1)), name).toEqual(new Set(["content"]));
      expect(roles.at(-1), name).toBe("end");
      expect(tap.tapped(), name).toEqual({
        model: sdk.model,
        usage: usageIn(parts),
        finish: finishIn(parts),
        stateIds: stateIdsIn(sdk),
      });
    }
  });

  it("gives the same parts however a stream is cut into pieces", () => {
    for (const [index, { name, response }] of streams.entries()) {
      const parts = streamPartsOf(framesOf(response));
      for (const step of index % 8 === 0 ? [1, 7, 1000] : [97])
        expect(streamPartsOf(framesOf(response, step)), `${name} by ${step}`).toEqual(parts);
    }
  });

  it("rule 48: never takes a stream for whole that ends before its last event", () => {
    for (const { name, response } of streams.filter((_, index) => index % 4 === 0)) {
      const frames = framesOf(response);
      for (let count = 0; count < frames.length; count += 1) {
        const begun = frames.slice(0, count);
        expect(streamPartsOf(begun).at(-1), name).toMatchObject({
          kind: "error",
          failure: { code: "upstream_stream_broken" },
        });
        expect(tapAll(begun).tap.isComplete(), name).toBe(false);
      }
    }
  });

  it("has usage whose parts add up to the provider's totals", () => {
    for (const { name, response } of wholes) {
      const usage = upstream.tapAnswer(response)?.usage;
      const { total, uncached = 0, cacheRead = 0, cacheWriteOther = 0 } = usage?.input ?? {};
      expect(uncached + cacheRead + cacheWriteOther, name).toBe(total);
      const told: { readonly usage: { readonly total_tokens: number } } = JSON.parse(response.toString());
      expect((total ?? 0) + (usage?.output.total ?? 0), name).toBe(told.usage.total_tokens);
    }
  });

  it("has an error that means what it says", () => {
    const [error] = records.filter(({ status }) => status >= 400);
    expect(upstream.readFailure(error?.status ?? 0, new Map(), error?.response ?? Buffer.of())).toEqual({
      code: "model_not_found",
      status: 400,
      message: "The requested model 'this-model-does-not-exist' does not exist.",
      param: "model",
      upstreamCode: "model_not_found",
    });
    expect(upstream.tapAnswer(error?.response ?? Buffer.of())).toBeUndefined();
  });
});

describe.skipIf(!hasFixtures())("fixtures of other servers", () => {
  it("are decoded whole to what the official SDK reads; unknown items end as opaque ones with their text", async () => {
    const fixtures = wholeFixtures();
    expect(fixtures.length).toBeGreaterThanOrEqual(44);
    for (const { name, body } of fixtures) {
      const sdk = await sdkResponse(body);
      const answer = answerOf(body);
      expect(shown(answer.parts), name).toEqual(plainOf(sdk));
      expect(upstream.tapAnswer(body)?.finish, name).toEqual(answer.finish);
      for (const part of answer.parts) {
        if (part.kind !== "opaque") continue;
        const item = sdk.output.find(({ id }) => id === JSON.parse(part.raw.text).id);
        expect(JSON.parse(part.raw.text), name).toEqual(item);
      }
    }
  });

  it("are decoded and tapped as streams to what their last event says", () => {
    const fixtures = streamFixtures();
    expect(fixtures.length).toBeGreaterThan(55);
    for (const { name, datas } of fixtures) {
      const last: { readonly response?: SdkResponse; readonly type: string } = JSON.parse(datas.at(-1) ?? "");
      if (last.type !== "response.completed" || last.response === undefined) continue;
      for (const isNamed of [true, false]) {
        const frames = framesOf(eventsOf(datas, isNamed));
        const parts = streamPartsOf(frames);
        expectGrammar(parts, name);
        if (last.response.output.length > 0 && !edited.test(name))
          expect(shown(assemble(parts)), name).toEqual(plainOf({ output: asStreamed(last.response, datas) }));
        const { tap, roles } = tapAll(frames);
        expect(roles.at(-1), name).toBe("end");
        expect(tap.tapped().finish, name).toEqual(finishIn(parts));
        expect(tap.tapped().usage, name).toEqual(usageIn(parts));
      }
    }
  });
});
