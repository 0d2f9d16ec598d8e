import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hasRecordedTraffic, recordedTraffic } from "../../../test/support/recorded-traffic.ts";
import type { Call } from "../../exchange/call.ts";
import type { Frame } from "../../exchange/codec.ts";
import type { Part, StreamPart } from "../../exchange/part.ts";
import { createJsonArrayReader } from "../../framing/json-array.ts";
import { createSseReader } from "../../framing/sse.ts";
import { gemini } from "./index.ts";

/** One answer of Gemini as it was recorded or published. */
export interface GeminiSample {
  readonly name: string;
  readonly form: "whole" | "sse" | "json-array";
  readonly status: number;
  readonly body: Buffer;
}

const traffic =
  process.env["SALLYPORT_TRAFFIC_DIR"] ?? join(import.meta.dirname, "../../../../shared/data/llm-traffic");
const folder = join(traffic, "vercel-ai-fixtures/packages/google/src/__fixtures__");

/** All recorded exchanges of AI Studio and Vertex AI; none where the data is missing. */
export function recordedSamples(): readonly GeminiSample[] {
  if (!hasRecordedTraffic()) return [];
  return ["gemini.generateContent", "vertex-gemini.generateContent"].flatMap((dialect) =>
    recordedTraffic(dialect).map(({ name, status, response, isStream }): GeminiSample => {
      const isArray = response.toString("latin1").trimStart().startsWith("[");
      return { name, status, body: response, form: isStream ? "sse" : isArray ? "json-array" : "whole" };
    }),
  );
}

/** The public fixtures of a well-known client library; a stream is one chunk a line. */
export function publishedSamples(): readonly GeminiSample[] {
  if (!existsSync(folder)) {
    if (process.env["CI"] === "true") throw new Error(`the fixtures are missing: ${folder}`);
    console.warn(`SKIPPED: no fixtures at ${folder}`);
    return [];
  }
  return globSync(["*.json", "*.chunks.txt"], { cwd: folder })
    .toSorted()
    .map((name): GeminiSample => {
      const body = readFileSync(join(folder, name));
      if (name.endsWith(".json"))
        return { name, form: "whole", status: name.includes("429") ? 429 : 200, body };
      const lines = body
        .toString()
        .split("\n")
        .filter((line) => line.trim() !== "");
      return {
        name,
        form: "sse",
        status: 200,
        body: Buffer.from(lines.map((line) => `data: ${line}\n\n`).join("")),
      };
    });
}

/** The frames of a stream, handed over in pieces of `step` bytes. */
export function framesOf(
  { form, body }: Pick<GeminiSample, "form" | "body">,
  step = body.length,
): readonly Frame[] {
  const reader = form === "json-array" ? createJsonArrayReader() : createSseReader();
  const frames: Frame[] = [];
  for (let at = 0; at < body.length; at += step) frames.push(...reader.push(body.subarray(at, at + step)));
  return [...frames, ...reader.end()];
}

/** The parts that frames are decoded to. */
export function decoded(frames: readonly Frame[]): readonly StreamPart[] {
  const decoder = gemini.decodeStream();
  return [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

/** A stream of these chunks as events. */
export function events(...chunks: readonly object[]): readonly Frame[] {
  const text = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join("");
  return framesOf({ form: "sse", body: Buffer.from(text) });
}

/** A chunk with these parts of the model, and what else the candidate has. */
export function chunkOf(parts: readonly object[], candidate: object = {}, more: object = {}): object {
  return {
    candidates: [{ content: { parts, role: "model" }, index: 0, ...candidate }],
    modelVersion: "gemini-3-pro",
    responseId: "r1",
    ...more,
  };
}

export const bytesOf = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));

/** The parts that a stream told, put together. */
export function assemble(parts: readonly StreamPart[]): readonly Part[] {
  const whole = new Map<number, Part>();
  for (const part of parts) {
    if (!("part" in part)) continue;
    const before = whole.get(part.part);
    switch (part.kind) {
      case "text-start":
        whole.set(part.part, { kind: "text", text: "" });
        break;
      case "reasoning-start":
        whole.set(part.part, {
          kind: "reasoning",
          text: "",
          isRedacted: false,
          isSummary: part.isSummary ?? false,
        });
        break;
      case "tool-input-start": {
        const { id, name, seal } = part;
        whole.set(part.part, { kind: "tool-call", id, name, argumentsText: "", ...(seal && { seal }) });
        break;
      }
      case "text-delta":
      case "reasoning-delta":
        if (before?.kind === "text" || before?.kind === "reasoning")
          whole.set(part.part, { ...before, text: before.text + part.text });
        break;
      case "tool-input-delta":
        if (before?.kind === "tool-call")
          whole.set(part.part, { ...before, argumentsText: before.argumentsText + part.argumentsText });
        break;
      case "text-end":
      case "reasoning-end":
        if (part.seal !== undefined && (before?.kind === "text" || before?.kind === "reasoning"))
          whole.set(part.part, { ...before, seal: part.seal });
        break;
      case "citation":
        if (before?.kind === "text")
          whole.set(part.part, { ...before, citations: [...(before.citations ?? []), part.citation] });
        break;
      case "whole":
        whole.set(part.part, part.value);
        break;
      default:
        break;
    }
  }
  return [...whole.entries()].toSorted(([left], [right]) => left - right).map(([, part]) => part);
}

/** A call of a Chat client. */
export function chatCall(changes: Partial<Call> = {}): Call {
  return {
    source: "openai-chat",
    model: "m",
    instructions: [],
    turns: [{ role: "user", parts: [{ kind: "text", text: "hi" }] }],
    tools: [],
    sampling: {},
    isStream: false,
    wantsUsage: false,
    extensions: new Map(),
    ...changes,
  };
}
