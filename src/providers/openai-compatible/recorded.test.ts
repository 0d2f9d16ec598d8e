import { describe, expect, it } from "vitest";
import { type RecordedChat, recordedChat } from "../../../test/support/recorded-chat.ts";
import type { Frame } from "../../exchange/codec.ts";
import type { StreamPart } from "../../exchange/part.ts";
import { createSseReader } from "../../framing/sse.ts";
import { openaiCompatible } from "./index.ts";

interface WireCall {
  readonly index?: number;
  readonly function: { readonly name?: string; readonly arguments?: string | null };
}

interface WireWords {
  readonly content?: string | null;
  readonly refusal?: string | null;
  readonly tool_calls?: readonly WireCall[];
  readonly function_call?: { readonly name?: string; readonly arguments?: string };
}

/** An independent, plain reading of the wire. */
interface Wire {
  readonly model: string;
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
  readonly choices: readonly {
    readonly index: number;
    readonly message?: WireWords;
    readonly delta?: WireWords;
    readonly finish_reason: string | null;
  }[];
}

interface Plain {
  readonly model: string | undefined;
  readonly text: string;
  readonly refusal: string;
  readonly calls: readonly (readonly [string, string])[];
  readonly finish: string | undefined;
  readonly tokens: readonly [number, number] | undefined;
}

function plainReading(wires: readonly Wire[]): Plain {
  const calls: [string, string][] = [];
  let text = "";
  let refusal = "";
  let finish: string | undefined;
  let tokens: readonly [number, number] | undefined;
  for (const { choices, usage } of wires) {
    if (usage) tokens = [usage.prompt_tokens, usage.completion_tokens];
    for (const choice of choices.filter(({ index }) => index === 0)) {
      const words = choice.message ?? choice.delta ?? {};
      text += words.content ?? "";
      refusal += words.refusal ?? "";
      finish = choice.finish_reason ?? finish;
      const before = words.function_call;
      const pieces = [
        ...(words.tool_calls ?? []),
        ...(before === undefined ? [] : [{ index: 0, function: before }]),
      ];
      for (const [place, { index, function: called }] of pieces.entries()) {
        const call = (calls[index ?? place] ??= ["", ""]);
        call[0] += called.name ?? "";
        call[1] += called.arguments ?? "";
      }
    }
  }
  return { model: wires[0]?.model, text, refusal, calls, finish, tokens };
}

function framesOf(response: Uint8Array, step: number): readonly Frame[] {
  const reader = createSseReader();
  const frames: Frame[] = [];
  for (let at = 0; at < response.length; at += step)
    frames.push(...reader.push(response.subarray(at, at + step)));
  return [...frames, ...reader.end()];
}

const wiresOf = (frames: readonly Frame[]): readonly Wire[] =>
  frames.flatMap(({ data }) => (data === "" || data === "[DONE]" ? [] : [JSON.parse(data)]));

function partsOf(frames: readonly Frame[]): readonly StreamPart[] {
  const decoder = openaiCompatible.decodeStream();
  return [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

function shown(parts: readonly StreamPart[]): Plain {
  const names = parts.filter((part) => part.kind === "tool-input-start");
  const joined = (kind: "text-delta" | "refusal-delta") =>
    parts.flatMap((part) => (part.kind === kind && "text" in part ? [part.text] : [])).join("");
  const usage = parts.findLast((part) => part.kind === "usage")?.usage;
  return {
    model: parts.find((part) => part.kind === "start")?.model,
    text: joined("text-delta"),
    refusal: joined("refusal-delta"),
    calls: names.map(({ name, part }) => [
      name,
      parts
        .flatMap((piece) =>
          piece.kind === "tool-input-delta" && piece.part === part ? [piece.argumentsText] : [],
        )
        .join(""),
    ]),
    finish: parts.find((part) => part.kind === "finish")?.finish.raw,
    tokens: usage && [usage.input.total ?? -1, usage.output.total ?? -1],
  };
}

const records = recordedChat().filter(({ response }) => response.length > 0);
const streams = records.filter(({ isStream, status }) => isStream && status === 200);
const wholes = records.filter(({ isStream, status }) => !isStream && status === 200);
const errors = records.filter(({ status }) => status >= 400);
const hasRepeats = ({ name }: RecordedChat): boolean => name.includes("test_tools_streaming");

describe.skipIf(records.length === 0)("recorded streams", () => {
  it("are decoded to what a plain reading finds, and tapped to the same model, usage and finish", () => {
    expect(streams.length).toBeGreaterThan(90);
    for (const record of streams) {
      const frames = framesOf(record.response, record.response.length);
      const plain = plainReading(wiresOf(frames));
      const read = shown(partsOf(frames));
      // Servers behind a router repeat names and ids with every piece: those have a test of their own.
      if (hasRepeats(record))
        expect({ ...read, calls: [] }, record.name).toEqual({
          ...plain,
          calls: [],
          finish: plain.finish ?? "",
        });
      else expect(read, record.name).toEqual(plain);

      const tap = openaiCompatible.tapStream({ hidesUsage: false });
      const roles = frames.map((frame) => tap.push(frame));
      const tapped = tap.tapped();
      expect(
        roles.filter((role) => role === "error" || role === "usage-only"),
        record.name,
      ).toEqual([]);
      expect(roles.at(-1), record.name).toBe("end");
      expect(tap.isComplete(), record.name).toBe(true);
      expect(tapped.model, record.name).toBe(plain.model);
      expect(tapped.finish?.raw, record.name).toBe(plain.finish ?? "");
      const { usage } = tapped;
      expect(usage && [usage.input.total, usage.output.total], record.name).toEqual(plain.tokens);
      expect(tapped.finish, record.name).toEqual(
        partsOf(frames).find((part) => part.kind === "finish")?.finish,
      );
    }
  });

  it("hold the canonical grammar: blocks start, grow and end once, usage and finish come last", () => {
    for (const { name, response } of streams) {
      const parts = partsOf(framesOf(response, response.length));
      const open = new Set<number>();
      const closed = new Set<number>();
      expect(parts[0]?.kind, name).toBe("start");
      for (const part of parts) {
        if (!("part" in part)) continue;
        if (part.kind.endsWith("-start")) {
          expect(open.has(part.part) || closed.has(part.part), name).toBe(false);
          open.add(part.part);
        } else {
          expect(open.has(part.part), `${name} ${part.kind}`).toBe(true);
          if (part.kind.endsWith("-end")) {
            open.delete(part.part);
            closed.add(part.part);
          }
        }
      }
      expect(open.size, name).toBe(0);
      const last = parts.filter((part) => !("part" in part)).map(({ kind }) => kind);
      expect(["start,finish", "start,usage,finish"], name).toContain(last.join());
      expect(parts.at(-1)?.kind, name).toBe("finish");
    }
  });

  it("that are cut before their end are never taken for whole", () => {
    for (const { name, response } of streams.filter((_, index) => index % 4 === 0)) {
      const frames = framesOf(response, response.length);
      const finishAt = frames.findIndex(({ data }) => /"finish_reason":\s*"/.test(data));
      for (let count = 0; count < finishAt; count += 1) {
        const tap = openaiCompatible.tapStream({ hidesUsage: false });
        for (const frame of frames.slice(0, count)) tap.push(frame);
        expect(tap.isComplete(), name).toBe(false);
        expect(partsOf(frames.slice(0, count)).at(-1), name).toMatchObject({
          kind: "error",
          failure: { code: "upstream_stream_broken" },
        });
      }
    }
  });
});

describe.skipIf(records.length === 0)("recorded whole answers", () => {
  it("are decoded and tapped to what a plain reading finds", () => {
    expect(wholes.length).toBeGreaterThan(300);
    for (const { name, response } of wholes) {
      const plain = plainReading([JSON.parse(response.toString())]);
      const decoding = openaiCompatible.decodeAnswer(response);
      if (decoding.kind !== "answer") throw new Error(`${name}: ${decoding.failure.message}`);
      const { answer } = decoding;
      const texts = (kind: "text" | "refusal") =>
        answer.parts.flatMap((part) => (part.kind === kind ? [part.text] : [])).join("");
      expect(
        {
          model: answer.model,
          text: texts("text"),
          refusal: texts("refusal"),
          calls: answer.parts.flatMap((part) =>
            part.kind === "tool-call" ? [[part.name, part.argumentsText]] : [],
          ),
          finish: answer.finish.raw,
          tokens: answer.usage && [answer.usage.input.total, answer.usage.output.total],
        },
        name,
      ).toEqual(plain);
      expect(openaiCompatible.tapAnswer(response), name).toEqual({
        model: answer.model,
        usage: answer.usage,
        finish: answer.finish,
      });
    }
  });

  it("have usage whose parts add up to the provider's totals", () => {
    for (const { name, response } of wholes) {
      const usage = openaiCompatible.tapAnswer(response)?.usage;
      if (usage === undefined) continue;
      const { total, uncached, cacheRead, cacheWriteOther } = usage.input;
      expect((uncached ?? 0) + (cacheRead ?? 0) + (cacheWriteOther ?? 0), name).toBe(total);
      const told: { readonly usage: { readonly total_tokens: number } } = JSON.parse(response.toString());
      expect((total ?? 0) + (usage.output.total ?? 0), name).toBe(told.usage.total_tokens);
    }
  });
});

describe.skipIf(records.length === 0)("recorded errors", () => {
  it("mean what their status, code and message say", () => {
    const meanings = errors.map(({ status, response }) => {
      const { code, upstreamCode, param } = openaiCompatible.readFailure(status, new Map(), response);
      return [status, upstreamCode, param, code];
    });
    expect(meanings).toHaveLength(11);
    for (const [, upstreamCode, , code] of meanings) {
      const wanted =
        upstreamCode === "invalid_api_key"
          ? "upstream_auth_failed"
          : upstreamCode === "model_not_found"
            ? "model_not_found"
            : "upstream_rejected";
      expect(code, String(upstreamCode)).toBe(wanted);
    }
  });
});
