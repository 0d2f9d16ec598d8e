import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Call } from "../../exchange/call.ts";
import type { Frame } from "../../exchange/codec.ts";
import type { Part, StreamPart } from "../../exchange/part.ts";
import { createSseReader } from "../../framing/sse.ts";

const traffic =
  process.env["SALLYPORT_TRAFFIC_DIR"] ?? join(import.meta.dirname, "../../../../shared/data/llm-traffic");
const folder = join(traffic, "vercel-ai-fixtures/packages/anthropic/src/__fixtures__");

/** Whether the public fixtures lie beside the project; under `CI=true` their absence is a failure. */
export function hasFixtures(): boolean {
  if (existsSync(folder)) return true;
  if (process.env["CI"] === "true") throw new Error(`the fixtures are missing: ${folder}`);
  console.warn(`SKIPPED: no fixtures at ${folder}`);
  return false;
}

/** Whole answers: name and bytes. */
export function wholeFixtures(): readonly { readonly name: string; readonly body: Buffer }[] {
  return globSync("*.json", { cwd: folder })
    .toSorted()
    .map((name) => ({ name, body: readFileSync(join(folder, name)) }));
}

/** Streams, one event's data a line, as the events of this dialect. A file may hold several, one after the other. */
export function streamFixtures(): readonly { readonly name: string; readonly events: string }[] {
  return globSync("*.chunks.txt", { cwd: folder })
    .toSorted()
    .flatMap((name) => {
      const lines = readFileSync(join(folder, name), "utf8").split("\n");
      const events = lines
        .filter((line) => line.trim() !== "")
        .map((data) => `event: ${JSON.parse(data).type}\ndata: ${data}\n\n`);
      return events
        .join("")
        .split(/(?<=event: message_stop\n.*\n\n)/)
        .map((stream) => ({ name, events: stream }));
    });
}

/** The frames of a whole stream. */
export function framesOf(events: string | Uint8Array): readonly Frame[] {
  const reader = createSseReader();
  return [
    ...reader.push(typeof events === "string" ? new TextEncoder().encode(events) : events),
    ...reader.end(),
  ];
}

/** A stream of these events' data. */
export function eventsOf(...datas: readonly object[]): string {
  return datas
    .map((data) => `event: ${"type" in data ? data.type : ""}\ndata: ${JSON.stringify(data)}\n\n`)
    .join("");
}

/** The parts that a stream told, put together. */
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
        if (before?.kind === "text" || before?.kind === "reasoning") {
          whole.set(part.part, { ...before, text: before.text + part.text });
        }
        break;
      }
      case "citation": {
        const before = whole.get(part.part);
        if (before?.kind === "text") {
          whole.set(part.part, { ...before, citations: [...(before.citations ?? []), part.citation] });
        }
        break;
      }
      case "tool-input-delta": {
        const before = whole.get(part.part);
        if (before?.kind === "tool-call") {
          whole.set(part.part, { ...before, argumentsText: before.argumentsText + part.argumentsText });
        }
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

/** A call of a Chat client. */
export function chatCall(changes: Partial<Call> = {}): Call {
  return {
    source: "openai-chat",
    model: "m",
    instructions: [],
    turns: [{ role: "user", parts: [{ kind: "text", text: "hi" }] }],
    tools: [],
    sampling: { outputTokensMax: 4000 },
    isStream: false,
    wantsUsage: false,
    extensions: new Map(),
    ...changes,
  };
}
