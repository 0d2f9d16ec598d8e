import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Frame } from "../../../src/exchange/codec.ts";
import type { UpstreamDialect } from "../../../src/exchange/dialect.ts";
import { createEventStreamReader } from "../../../src/framing/aws-event-stream.ts";
import { createJsonArrayReader } from "../../../src/framing/json-array.ts";
import { createSseReader } from "../../../src/framing/sse.ts";
import { type Recorded, recordedTraffic } from "../recorded-traffic.ts";
import { awsEvents, sseData } from "./split-frames.ts";

/** One answer of a provider, as bytes for the gateway's codecs and as JSON texts for the plain readers. */
export interface Sample {
  readonly name: string;
  readonly origin: "recorded" | "fixture";
  readonly dialect: UpstreamDialect;
  readonly status: number;
  readonly form: "whole" | "stream";
  readonly body: Uint8Array;
  /** Of a stream: as the gateway's framing cuts it. */
  readonly frames: readonly Frame[];
  /** The JSON texts of the events; of a whole answer its one. */
  readonly texts: readonly string[];
  /** What the client had asked, where it was recorded. */
  readonly request?: Uint8Array;
}

/** The recorded dialects that are one of ours, under the names of the recording. */
export const recordedDialects: Readonly<Record<string, UpstreamDialect>> = {
  "openai.chat": "openai-chat",
  "azure.chat": "openai-chat",
  "groq.chat": "openai-chat",
  "deepseek.chat": "openai-chat",
  "local.chat": "openai-chat",
  "api.together.ai.chat": "openai-chat",
  "api.together.xyz.chat": "openai-chat",
  "api.portkey.ai.chat": "openai-chat",
  "openai.responses": "openai-responses",
  "anthropic.messages": "anthropic-messages",
  "gemini.generateContent": "gemini-generate",
  "vertex-gemini.generateContent": "gemini-generate",
  "bedrock.converse": "bedrock-converse",
  "cohere.chat": "cohere-chat",
  "mistral.chat": "mistral-chat",
};

/** All recorded exchanges of chat dialects; those without an answer have an empty body. */
export function recordedSamples(): readonly Sample[] {
  return Object.entries(recordedDialects).flatMap(([name, dialect]) =>
    recordedTraffic(name)
      .filter((record) => dialect !== "cohere-chat" || isVersionTwo(record))
      .map((record) => sampleOf(record, dialect)),
  );
}

/** Version 1 of Cohere's chat answers in a `text` of its own and is no dialect of ours. */
function isVersionTwo({ request, response }: Recorded): boolean {
  return /"messages"\s*:/.test(request.toString()) && !/"event_type"/.test(response.toString());
}

function sampleOf(record: Recorded, dialect: UpstreamDialect): Sample {
  const { name, status, request, response: body } = record;
  const text = body.toString();
  const isArray = dialect === "gemini-generate" && text.trimStart().startsWith("[");
  const isAws = dialect === "bedrock-converse" && body[0] === 0;
  const isStream = status === 200 && (record.isStream || isArray || isAws);
  const reader = isAws ? createEventStreamReader() : isArray ? createJsonArrayReader() : createSseReader();
  return {
    name,
    origin: "recorded",
    dialect,
    status,
    form: isStream ? "stream" : "whole",
    body,
    frames: isStream ? [...reader.push(body), ...reader.end()] : [],
    texts: !isStream ? [text] : isAws ? awsEvents(body) : isArray ? arrayTexts(text) : sseData(text),
    request,
  };
}

const arrayTexts = (text: string): readonly string[] =>
  (JSON.parse(text) as readonly unknown[]).map((item) => JSON.stringify(item));

const folder = join(
  process.env["SALLYPORT_TRAFFIC_DIR"] ?? join(import.meta.dirname, "../../../../shared/data/llm-traffic"),
  "vercel-ai-fixtures/packages",
);

/** The files of the public fixtures, and which of them are answers of a chat dialect. */
export function fixtureSamples(): { readonly files: number; readonly samples: readonly Sample[] } {
  if (!existsSync(folder)) return { files: 0, samples: [] };
  const files = globSync("**/__fixtures__/**/*.*", { cwd: folder }).toSorted();
  return { files: files.length, samples: files.flatMap(samplesOfFile) };
}

function samplesOfFile(file: string): readonly Sample[] {
  const text = readFileSync(join(folder, file), "utf8");
  if (file.endsWith(".json")) {
    const dialect = wholeDialect(file, text);
    const status = /"error"\s*:\s*\{/.test(text.slice(0, 40)) ? 400 : 200;
    const body = Buffer.from(text);
    return dialect === undefined
      ? []
      : [{ name: file, origin: "fixture", dialect, status, form: "whole", body, frames: [], texts: [text] }];
  }
  const lines = file.endsWith(".sse")
    ? sseData(text)
    : text.split("\n").filter((line) => line.trim() !== "" && line.trim() !== "[DONE]");
  const dialect = streamDialect(file, lines[0] ?? "", text);
  if (dialect === undefined) return [];
  return streamsOf(lines.map(repaired), dialect).map((texts, index) => ({
    name: index === 0 ? file : `${file} #${index}`,
    origin: "fixture",
    dialect,
    status: 200,
    form: "stream",
    body: Buffer.from(""),
    frames: texts.map((data) => frameOf(data, dialect)),
    texts,
  }));
}

function wholeDialect(file: string, text: string): UpstreamDialect | undefined {
  const body = JSON.parse(text) as Readonly<Record<string, unknown>>;
  if (Array.isArray(body["choices"]))
    return "text" in (body["choices"][0] as object)
      ? undefined
      : file.startsWith("mistral")
        ? "mistral-chat"
        : "openai-chat";
  if (body["object"] === "response") return "openai-responses";
  if (body["type"] === "message" && Array.isArray(body["content"])) return "anthropic-messages";
  if (Array.isArray(body["candidates"])) return "gemini-generate";
  if ("stopReason" in body) return "bedrock-converse";
  return file.startsWith("cohere") && "message" in body && "finish_reason" in body
    ? "cohere-chat"
    : undefined;
}

function streamDialect(file: string, first: string, text: string): UpstreamDialect | undefined {
  if (file.includes("interactions") || file.includes("speech-translation") || file.includes("completion/"))
    return undefined;
  if (file.startsWith("amazon-bedrock")) return "bedrock-converse";
  if (file.startsWith("cohere")) return "cohere-chat";
  if (/"type":\s*"response\./.test(text)) return "openai-responses";
  if (/"type":\s*"message_start"/.test(text)) return "anthropic-messages";
  if (first.startsWith('{"candidates"')) return "gemini-generate";
  if (!/"choices"/.test(text)) return undefined;
  return file.startsWith("mistral") ? "mistral-chat" : "openai-chat";
}

/** The event that begins an answer, where files hold several. */
const beginnings: Readonly<Partial<Record<UpstreamDialect, RegExp>>> = {
  "openai-responses": /"type":\s*"response\.created"/,
  "anthropic-messages": /"type":\s*"message_start"/,
};

/** A file may hold several answers, one after the other. */
function streamsOf(texts: readonly string[], dialect: UpstreamDialect): readonly (readonly string[])[] {
  const start = beginnings[dialect];
  if (start === undefined) return [texts];
  const streams: string[][] = [];
  for (const text of texts) {
    if (streams.length === 0 || start.test(text)) streams.push([]);
    streams.at(-1)?.push(text);
  }
  return streams;
}

/** One file of the collection lacks the last brace of two events. */
function repaired(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return `${text}}`;
  }
}

function frameOf(text: string, dialect: UpstreamDialect): Frame {
  const value = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const bytes = Buffer.from(`data: ${text}\n\n`);
  if (dialect === "bedrock-converse") {
    const [[event, data] = ["", {}]] = Object.entries(value);
    return { bytes, kind: "event", event, data: JSON.stringify(data) };
  }
  const event =
    dialect === "openai-chat" || dialect === "gemini-generate"
      ? ""
      : typeof value["type"] === "string"
        ? value["type"]
        : "";
  return { bytes, kind: "event", event, data: text };
}
