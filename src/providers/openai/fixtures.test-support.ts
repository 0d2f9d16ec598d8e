import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Call } from "../../exchange/call.ts";
import type { Frame } from "../../exchange/codec.ts";
import type { Part, StreamPart } from "../../exchange/part.ts";
import { createSseReader } from "../../framing/sse.ts";
import type { Json } from "../../kernel/json.ts";
import { decodeResponsesStream } from "./stream.ts";

const traffic =
  process.env["SALLYPORT_TRAFFIC_DIR"] ?? join(import.meta.dirname, "../../../../shared/data/llm-traffic");
const folder = join(traffic, "vercel-ai-fixtures/packages");

/** Whether the public fixtures lie beside the project; under `CI=true` their absence is a failure. */
export function hasFixtures(): boolean {
  if (existsSync(folder)) return true;
  if (process.env["CI"] === "true") throw new Error(`the fixtures are missing: ${folder}`);
  console.warn(`SKIPPED: no fixtures at ${folder}`);
  return false;
}

/** Whole answers of servers of this dialect. */
export function wholeFixtures(): readonly { readonly name: string; readonly body: Buffer }[] {
  return filesLike("*.json")
    .map((name) => ({ name, body: readFileSync(join(folder, name)) }))
    .filter(({ body }) => body.includes('"output"') && !body.includes('"choices"'));
}

/** One response of a file of streams: the data of its events. */
export interface StreamFixture {
  readonly name: string;
  readonly datas: readonly string[];
}

/** Streams of servers of this dialect. A file may hold several, one after the other. */
export function streamFixtures(): readonly StreamFixture[] {
  return filesLike("*.chunks.txt").flatMap((name) => {
    const lines = readFileSync(join(folder, name), "utf8").split("\n");
    const datas = lines.filter((line) => line.trim() !== "" && line.trim() !== "[DONE]");
    if (!datas.some((data) => /"type":\s*"response\.(?:created|completed)"/.test(data))) return [];
    const streams: string[][] = [];
    for (const data of datas.map(repaired)) {
      if (streams.length === 0 || JSON.parse(data).type === "response.created") streams.push([]);
      streams.at(-1)?.push(data);
    }
    return streams.map((stream, index) => ({ name: `${name} #${index}`, datas: stream }));
  });
}

function filesLike(pattern: string): readonly string[] {
  return globSync(`{openai,azure,xai,open-responses}/src/**/${pattern}`, { cwd: folder }).toSorted();
}

/** One file of the collection lacks the last brace of two events. */
function repaired(data: string): string {
  try {
    JSON.parse(data);
    return data;
  } catch {
    return `${data}}`;
  }
}

/** Events with these data, named or not. */
export function eventsOf(datas: readonly (Json | string)[], isNamed = true): string {
  return datas
    .map((value) => (typeof value === "string" ? value : JSON.stringify(value)))
    .map((data) => `${isNamed ? `event: ${JSON.parse(data).type}\n` : ""}data: ${data}\n\n`)
    .join("");
}

/** The frames of a stream that comes in pieces of `step` bytes. */
export function framesOf(events: string | Uint8Array, step = Number.MAX_SAFE_INTEGER): readonly Frame[] {
  const bytes = typeof events === "string" ? new TextEncoder().encode(events) : events;
  const reader = createSseReader();
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length; at += step) frames.push(...reader.push(bytes.subarray(at, at + step)));
  return [...frames, ...reader.end()];
}

export function frameOf(data: string, event = ""): Frame {
  const text = `${event === "" ? "" : `event: ${event}\n`}data: ${data}\n\n`;
  return { bytes: new TextEncoder().encode(text), kind: "event", event, data };
}

/** The stream parts of these frames, and of the end after them. */
export function streamPartsOf(frames: readonly Frame[]): readonly StreamPart[] {
  const decoder = decodeResponsesStream();
  return [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

/** The parts that a stream told, put together. */
export function assemble(parts: readonly StreamPart[]): readonly Part[] {
  const whole = new Map<number, Part>();
  for (const part of parts) {
    if (!("part" in part)) continue;
    const before = whole.get(part.part);
    const after = grown(before, part);
    if (after !== undefined) whole.set(part.part, after);
  }
  return [...whole.entries()].toSorted(([left], [right]) => left - right).map(([, part]) => part);
}

function grown(before: Part | undefined, part: Extract<StreamPart, { part: number }>): Part | undefined {
  switch (part.kind) {
    case "text-start":
      return { kind: "text", text: "" };
    case "refusal-start":
      return { kind: "refusal", text: "" };
    case "reasoning-start":
      return {
        kind: "reasoning",
        text: "",
        isRedacted: false,
        ...(part.isSummary === true && { isSummary: true }),
      };
    case "tool-input-start":
      return {
        kind: "tool-call",
        id: part.id,
        name: part.name,
        argumentsText: "",
        ...(part.isCustom === true && { isCustom: true }),
      };
    case "logprobs":
      return before?.kind === "text"
        ? { ...before, logprobs: [...(before.logprobs ?? []), ...part.tokens] }
        : undefined;
    case "text-delta":
    case "refusal-delta":
    case "reasoning-delta":
      return before !== undefined && "text" in before
        ? { ...before, text: before.text + part.text }
        : undefined;
    case "tool-input-delta":
      return before?.kind === "tool-call"
        ? { ...before, argumentsText: before.argumentsText + part.argumentsText }
        : undefined;
    case "citation":
      return before?.kind === "text"
        ? { ...before, citations: [...(before.citations ?? []), part.citation] }
        : undefined;
    case "reasoning-end":
      return before?.kind === "reasoning" && part.seal !== undefined
        ? { ...before, seal: part.seal }
        : before;
    case "whole":
      return part.value;
    case "text-end":
    case "refusal-end":
    case "tool-input-end":
      return before;
  }
}

/** A call of a Chat client. */
export function chatCall(changes: Partial<Call> = {}): Call {
  return {
    source: "openai-chat",
    model: "asked",
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
