import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Call } from "../../exchange/call.ts";
import type { Frame } from "../../exchange/codec.ts";
import type { Part, StreamPart } from "../../exchange/part.ts";
import { createSseReader } from "../../framing/sse.ts";
import { decodeStream } from "./stream.ts";

const traffic =
  process.env["SALLYPORT_TRAFFIC_DIR"] ?? join(import.meta.dirname, "../../../../shared/data/llm-traffic");
const folder = join(traffic, "vercel-ai-fixtures/packages/mistral/src/__fixtures__");

/** Whether the public fixtures lie beside the project; under `CI=true` their absence is a failure. */
export function hasFixtures(): boolean {
  if (existsSync(folder)) return true;
  if (process.env["CI"] === "true") throw new Error(`the fixtures are missing: ${folder}`);
  console.warn(`SKIPPED: no fixtures at ${folder}`);
  return false;
}

export interface Fixture {
  readonly name: string;
  readonly body: Buffer;
}

/** Whole chat answers. */
export function wholeFixtures(): readonly Fixture[] {
  return globSync("*.json", { cwd: folder })
    .filter((name) => !name.includes("transcription"))
    .toSorted()
    .map((name) => ({ name, body: readFileSync(join(folder, name)) }));
}

/** Streams: one frame's data a line. */
export function streamFixtures(): readonly Fixture[] {
  return globSync("*.chunks.txt", { cwd: folder })
    .toSorted()
    .map((name) => {
      const lines = readFileSync(join(folder, name), "utf8").split("\n");
      return { name, body: Buffer.from(lines.map((data) => `data: ${data}\n\n`).join("")) };
    });
}

/** The frames of a stream that arrives in pieces of `step` bytes. */
export function framesOf(stream: string | Uint8Array, step = Number.MAX_SAFE_INTEGER): readonly Frame[] {
  const bytes = typeof stream === "string" ? new TextEncoder().encode(stream) : stream;
  const reader = createSseReader();
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length; at += step)
    frames.push(...reader.push(bytes.subarray(at, Math.min(bytes.length, at + step))));
  return [...frames, ...reader.end()];
}

/** A stream of these chunks, and its last frame. */
export function chunksOf(...datas: readonly object[]): string {
  return `${datas.map((data) => `data: ${JSON.stringify(data)}\n\n`).join("")}data: [DONE]\n\n`;
}

/** A chunk with one piece of the first choice. */
export function chunk(delta: object, finish: string | null = null, members: object = {}): object {
  return {
    id: "a1",
    object: "chat.completion.chunk",
    created: 1_769_088_720,
    model: "mistral-small-latest",
    choices: [{ index: 0, delta, finish_reason: finish, logprobs: null }],
    ...members,
  };
}

export function partsOf(stream: string | Uint8Array, step?: number): readonly StreamPart[] {
  const decoder = decodeStream();
  return [...framesOf(stream, step).flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

/** The parts that a stream told, put together as a whole answer has them. */
export function assemble(parts: readonly StreamPart[]): readonly Part[] {
  const whole = new Map<number, Part>();
  for (const part of parts) {
    switch (part.kind) {
      case "text-start":
        whole.set(part.part, { kind: "text", text: "" });
        break;
      case "reasoning-start":
        whole.set(part.part, { kind: "reasoning", text: "", isRedacted: false });
        break;
      case "tool-input-start":
        whole.set(part.part, { kind: "tool-call", id: part.id, name: part.name, argumentsText: "" });
        break;
      case "text-delta":
      case "reasoning-delta": {
        const before = whole.get(part.part);
        if (before?.kind === "text" || before?.kind === "reasoning")
          whole.set(part.part, { ...before, text: before.text + part.text });
        break;
      }
      case "tool-input-delta": {
        const before = whole.get(part.part);
        if (before?.kind === "tool-call")
          whole.set(part.part, { ...before, argumentsText: before.argumentsText + part.argumentsText });
        break;
      }
      case "citation": {
        const before = whole.get(part.part);
        if (before?.kind === "text")
          whole.set(part.part, { ...before, citations: [...(before.citations ?? []), part.citation] });
        break;
      }
      case "reasoning-end": {
        const before = whole.get(part.part);
        if (before?.kind === "reasoning" && part.seal !== undefined)
          whole.set(part.part, { ...before, seal: part.seal });
        break;
      }
      case "whole":
        whole.set(part.part, part.value);
        break;
      default:
        break;
    }
  }
  return [...whole.entries()].toSorted(([left], [right]) => left - right).map(([, part]) => part);
}

/** What breaks the canonical grammar: blocks start, grow and end once, numbers count from 0, the end comes last. */
export function violations(parts: readonly StreamPart[]): readonly string[] {
  const found: string[] = [];
  const open = new Map<number, string>();
  let next = 0;
  if (parts[0]?.kind !== "start") found.push("no start");
  for (const [place, part] of parts.entries()) {
    const isLast = place === parts.length - 1;
    if ((part.kind === "finish" || part.kind === "error") !== isLast) found.push(`${part.kind} at ${place}`);
    if (!("part" in part)) continue;
    const block = part.kind.replace(/-(?:start|delta|end)$/, "");
    if (part.kind.endsWith("-start") || part.kind === "whole") {
      if (part.part !== next) found.push(`part ${part.part} instead of ${next}`);
      next += 1;
      if (part.kind !== "whole") open.set(part.part, block);
    } else if (part.kind === "citation") {
      if (open.get(part.part) !== "text") found.push("a citation outside a text");
    } else {
      if (open.get(part.part) !== block) found.push(`${part.kind} outside its block`);
      if (part.kind.endsWith("-end")) open.delete(part.part);
    }
  }
  if (parts.at(-1)?.kind === "finish" && open.size > 0) found.push("a block is open at the end");
  return found;
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
