import { describe, expect, it } from "vitest";
import type { StreamPart } from "../../exchange/part.ts";
import type { Usage } from "../../exchange/usage.ts";
import {
  assemble,
  decoded,
  framesOf,
  type GeminiSample,
  publishedSamples,
  recordedSamples,
} from "./fixtures.test-support.ts";
import { gemini } from "./index.ts";

/** An independent, plain reading of the wire. */
interface Wire {
  readonly modelVersion?: string;
  readonly candidates?: readonly {
    readonly finishReason?: string | number;
    readonly content?: {
      readonly parts?: readonly {
        readonly text?: string;
        readonly thought?: boolean;
        readonly thoughtSignature?: string;
        readonly functionCall?: {
          readonly name?: string;
          readonly args?: object;
          readonly willContinue?: boolean;
        };
      }[];
    };
  }[];
  readonly usageMetadata?: Readonly<Record<string, number>>;
}

interface Plain {
  readonly model: string | undefined;
  readonly text: string;
  readonly thoughts: string;
  readonly calls: readonly (readonly [string, unknown])[];
  readonly signatures: readonly string[];
  readonly finish: string;
  readonly tokens: readonly (number | undefined)[];
}

const words: Readonly<Record<string, string>> = { 1: "STOP", 2: "MAX_TOKENS" };

function plainReading(wires: readonly Wire[]): Plain {
  const parts = wires.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? []);
  const calls = parts.flatMap(({ functionCall }) => (functionCall?.name === undefined ? [] : [functionCall]));
  const finish = wires.flatMap(({ candidates }) => candidates?.[0]?.finishReason ?? []).at(-1);
  const counters =
    wires.findLast(({ usageMetadata }) => usageMetadata?.["candidatesTokenCount"] !== undefined)
      ?.usageMetadata ??
    wires.findLast(({ usageMetadata }) => usageMetadata?.["totalTokenCount"] !== undefined)?.usageMetadata ??
    {};
  const { promptTokenCount: prompt, toolUsePromptTokenCount: tools = 0, totalTokenCount: total } = counters;
  const input = prompt === undefined ? undefined : prompt + tools;
  const spoken = (counters["candidatesTokenCount"] ?? 0) + (counters["thoughtsTokenCount"] ?? 0);
  return {
    model: wires[0]?.modelVersion,
    text: parts.map(({ text, thought }) => (thought === true ? "" : (text ?? ""))).join(""),
    thoughts: parts.map(({ text, thought }) => (thought === true ? (text ?? "") : "")).join(""),
    calls: calls.map(({ name = "", args }) => [name, args]),
    signatures: parts.flatMap(({ thoughtSignature }) => thoughtSignature ?? []),
    finish: words[String(finish)] ?? String(finish),
    // Everything that is not prompt is output, where the provider's own total says so.
    tokens: [input, input !== undefined && total !== undefined ? total - input : spoken],
  };
}

interface Read {
  readonly parts: ReturnType<typeof assemble>;
  readonly model: string | undefined;
  readonly finish: string | undefined;
  readonly usage: Usage | undefined;
}

function shown({ parts, model, finish, usage }: Read): Plain {
  const joined = (kind: "text" | "reasoning") =>
    parts.flatMap((part) => (part.kind === kind ? [part.text] : [])).join("");
  return {
    model,
    text: joined("text"),
    thoughts: joined("reasoning"),
    calls: parts.flatMap((part) =>
      part.kind === "tool-call"
        ? [[part.name, part.argumentsText === "" ? undefined : JSON.parse(part.argumentsText)] as const]
        : [],
    ),
    signatures: parts.flatMap((part) => ("seal" in part && part.seal !== undefined ? [part.seal.value] : [])),
    finish: finish ?? "",
    tokens: [usage?.input.total, usage?.output.total],
  };
}

function readStream(parts: readonly StreamPart[]): Read {
  return {
    parts: assemble(parts),
    model: parts.find((part) => part.kind === "start")?.model,
    finish: parts.find((part) => part.kind === "finish")?.finish.raw,
    usage: parts.findLast((part) => part.kind === "usage")?.usage,
  };
}

function wiresOf(sample: GeminiSample): readonly Wire[] {
  if (sample.form === "whole") return [JSON.parse(sample.body.toString())];
  return framesOf(sample).flatMap(({ data }) => (data === "" ? [] : [JSON.parse(data)]));
}

const all = [...recordedSamples(), ...publishedSamples()];
const answers = all.filter(({ status }) => status === 200);
const streams = answers.filter(({ form }) => form !== "whole");
const wholes = answers.filter(({ form }) => form === "whole");
/** Their arguments come in pieces, which the plain reading does not join. */
const inPieces = (sample: GeminiSample): boolean => sample.body.includes("partialArgs");

describe.skipIf(all.length === 0)("recorded and published answers", () => {
  it("are all there", () => {
    expect([
      wholes.length,
      streams.length,
      streams.filter(({ form }) => form === "json-array").length,
    ]).toEqual([57 + 5, 29 + 9, 16]);
  });

  it("are decoded to what a plain reading finds", () => {
    for (const sample of wholes) {
      const decoding = gemini.decodeAnswer(sample.body);
      if (decoding.kind !== "answer") throw new Error(`${sample.name}: ${decoding.failure.message}`);
      const { parts, model, finish, usage } = decoding.answer;
      expect(shown({ parts, model, finish: finish.raw, usage }), sample.name).toEqual(
        plainReading(wiresOf(sample)),
      );
      expect(decoding.warnings, sample.name).toEqual([]);
    }
    for (const sample of streams) {
      const read = shown(readStream(decoded(framesOf(sample))));
      const plain = plainReading(wiresOf(sample));
      if (inPieces(sample))
        expect({ ...read, calls: read.calls.length }, sample.name).toEqual({
          ...plain,
          calls: plain.calls.length,
        });
      else expect(read, sample.name).toEqual(plain);
    }
  });

  it("rule 02: keep the text of every argument", () => {
    for (const sample of answers.filter((each) => !inPieces(each))) {
      const text = sample.body.toString();
      const decoding = sample.form === "whole" ? gemini.decodeAnswer(sample.body) : undefined;
      const parts = decoding?.kind === "answer" ? decoding.answer.parts : assemble(decoded(framesOf(sample)));
      const calls = parts.filter((part) => part.kind === "tool-call");
      expect(
        calls.filter(({ argumentsText }) => !text.includes(argumentsText)),
        sample.name,
      ).toEqual([]);
    }
  });

  it("have usage whose parts add up to the provider's total", () => {
    for (const sample of answers) {
      const usage =
        sample.form === "whole"
          ? gemini.tapAnswer(sample.body)?.usage
          : readStream(decoded(framesOf(sample))).usage;
      const total = wiresOf(sample).findLast(
        ({ usageMetadata }) => usageMetadata?.["totalTokenCount"] !== undefined,
      );
      const told = total?.usageMetadata?.["totalTokenCount"];
      const sum =
        usage?.input.total === undefined ? undefined : usage.input.total + (usage.output.total ?? 0);
      expect(sum, sample.name).toBe(told);
      expect((usage?.input.uncached ?? 0) + (usage?.input.cacheRead ?? 0), sample.name).toBe(
        usage?.input.total ?? 0,
      );
    }
  });

  it("are read alike by tap and decoder", () => {
    for (const { name, body } of wholes) {
      const decoding = gemini.decodeAnswer(body);
      if (decoding.kind !== "answer") throw new Error(name);
      const { model, usage, finish } = decoding.answer;
      expect(gemini.tapAnswer(body), name).toEqual({ model, ...(usage && { usage }), finish });
    }
    for (const sample of streams) {
      const frames = framesOf(sample);
      const tap = gemini.tapStream({ hidesUsage: false });
      const roles = frames.map((frame) => tap.push(frame));
      const parts = decoded(frames);
      expect(tap.isComplete(), sample.name).toBe(true);
      expect(roles.includes("error"), sample.name).toBe(false);
      expect(roles.includes("end"), sample.name).toBe(sample.form === "json-array");
      const usage = parts.findLast((part) => part.kind === "usage")?.usage;
      expect(tap.tapped(), sample.name).toEqual({
        model: parts.find((part) => part.kind === "start")?.model,
        ...(usage && { usage }),
        finish: parts.find((part) => part.kind === "finish")?.finish,
      });
    }
  });
});

describe.skipIf(streams.length === 0)("recorded and published streams", () => {
  it("give the same parts, wherever they are cut into chunks", () => {
    for (const sample of streams) {
      const whole = decoded(framesOf(sample));
      const steps = sample.body.length < 4000 ? [1, 7, 101] : [7, 1009];
      for (const step of steps) expect(decoded(framesOf(sample, step)), sample.name).toEqual(whole);
    }
  });

  it("hold the canonical grammar: blocks start, grow and end once, usage and finish come last", () => {
    for (const sample of streams) {
      const parts = decoded(framesOf(sample));
      const open = new Set<number>();
      const closed = new Set<number>();
      expect(parts[0]?.kind, sample.name).toBe("start");
      for (const part of parts) {
        if (!("part" in part)) continue;
        if (part.kind.endsWith("-start") || part.kind === "whole") {
          expect(part.part, sample.name).toBe(open.size + closed.size);
          (part.kind === "whole" ? closed : open).add(part.part);
        } else {
          expect(open.has(part.part), `${sample.name} ${part.kind}`).toBe(true);
          if (part.kind.endsWith("-end")) {
            open.delete(part.part);
            closed.add(part.part);
          }
        }
      }
      expect(open.size, sample.name).toBe(0);
      expect(parts.at(-1)?.kind, sample.name).toBe("finish");
      expect(parts.at(-2)?.kind, sample.name).toBe("usage");
    }
  });

  it("rule 48: that end before their finish reason are never taken for whole", () => {
    for (const sample of streams) {
      const frames = framesOf(sample);
      const finishAt = frames.findIndex(({ data }) => /"finishReason"\s*:/.test(data));
      for (let count = 0; count <= finishAt; count += 1) {
        const cut = frames.slice(0, count);
        const tap = gemini.tapStream({ hidesUsage: false });
        for (const frame of cut) tap.push(frame);
        expect(tap.isComplete(), sample.name).toBe(false);
        expect(decoded(cut).at(-1), sample.name).toMatchObject({
          kind: "error",
          failure: { code: "upstream_stream_broken" },
        });
      }
    }
  });

  it("rule 48: in array form are not whole without their closing bracket", () => {
    for (const sample of streams.filter(({ form }) => form === "json-array")) {
      const tap = gemini.tapStream({ hidesUsage: false });
      const roles = framesOf(sample).map((frame) => {
        expect(tap.isComplete(), sample.name).toBe(false);
        return tap.push(frame);
      });
      expect(roles.at(-1), sample.name).toBe("end");
      expect(tap.isComplete(), sample.name).toBe(true);
    }
  });
});

describe.skipIf(all.length === 0)("recorded and published errors", () => {
  it("mean what their status and words say", () => {
    const errors = all.filter(({ status }) => status >= 400);
    const meanings = errors.map(({ status, body }) => {
      const { code, upstreamCode, retryAfterMs } = gemini.readFailure(status, new Map(), body);
      return [status, upstreamCode, code, retryAfterMs];
    });
    expect(meanings).toEqual([
      [400, "INVALID_ARGUMENT", "upstream_rejected", undefined],
      [400, "INVALID_ARGUMENT", "upstream_rejected", undefined],
      [404, "NOT_FOUND", "model_not_found", undefined],
      [429, "RESOURCE_EXHAUSTED", "upstream_rate_limited", 34_400],
    ]);
  });
});
