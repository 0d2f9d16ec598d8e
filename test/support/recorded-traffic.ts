import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** One recorded exchange with a real provider. */
export interface Recorded {
  readonly name: string;
  readonly dialect: string;
  /** Where the request went, as recorded; `""` where that is not told. */
  readonly uri: string;
  readonly status: number;
  readonly request: Buffer;
  readonly response: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly isStream: boolean;
}

const folder =
  process.env["SALLYPORT_TRAFFIC_DIR"] ?? join(import.meta.dirname, "../../../shared/data/llm-traffic");
const file = join(folder, "recorded.jsonl.gz");

/** Whether the public test data lies beside the project. Under `CI=true` its absence is a failure, elsewhere it is said aloud. */
export function hasRecordedTraffic(): boolean {
  if (existsSync(file)) return true;
  if (process.env["CI"] === "true") throw new Error(`the recorded traffic is missing: ${file}`);
  console.warn(`SKIPPED: no recorded traffic at ${file}`);
  return false;
}

/** All recorded exchanges of one dialect (`openai.chat`, `gemini.generateContent`), in the file's order. */
export function recordedTraffic(dialect: string): readonly Recorded[] {
  return gunzipSync(readFileSync(file))
    .toString("utf8")
    .split("\n")
    .filter((line) => line.includes(dialect))
    .map((line): Raw => JSON.parse(line))
    .filter((raw) => raw.dialect === dialect)
    .map(read);
}

interface Raw {
  readonly corp: string;
  readonly file: string;
  readonly i: number;
  readonly dialect: string;
  readonly uri?: string | null;
  readonly code: number | null;
  readonly respHeaders:
    | Readonly<Record<string, string | readonly string[]>>
    | readonly (readonly [string, string])[];
  readonly reqB64: string;
  readonly respB64: string;
}

function read(raw: Raw): Recorded {
  const request = Buffer.from(raw.reqB64, "base64");
  const response = Buffer.from(raw.respB64, "base64");
  const isStream = /^(?:data|event|:)/.test(response.subarray(0, 16).toString("latin1").trimStart());
  return {
    name: `${raw.corp} ${raw.file} #${raw.i}`,
    dialect: raw.dialect,
    uri: raw.uri ?? "",
    status: statusOf(raw, response),
    request,
    response,
    headers: { "content-type": isStream ? "text/event-stream; charset=utf-8" : "application/json" },
    isStream,
  };
}

/** 43 records have no status: 200, unless the body is an error. */
function statusOf(raw: Raw, response: Buffer): number {
  if (raw.code !== null && raw.code !== undefined) return raw.code;
  const text = response.toString("utf8");
  if (!/^\s*\{\s*"error"/.test(text)) return 200;
  return text.includes("model_not_found") || text.includes("does not exist") ? 404 : 400;
}
