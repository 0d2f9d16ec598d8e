import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** One recorded call of the Chat dialect. */
export interface RecordedChat {
  readonly name: string;
  readonly request: Buffer;
  readonly response: Buffer;
  /** 200 where the record tells none and its body is no error. */
  readonly status: number;
  readonly isStream: boolean;
}

interface Line {
  readonly file: string;
  readonly i: number;
  readonly dialect: string;
  readonly flags: readonly string[];
  readonly code?: number | null;
  readonly reqB64?: string | null;
  readonly respB64?: string | null;
}

/**
 * All recorded calls of OpenAI's Chat dialect, in the order of the file. Where the data is missing: none, said loudly;
 * in CI that is an error.
 */
export function recordedChat(): readonly RecordedChat[] {
  const folder =
    process.env["SALLYPORT_TRAFFIC_DIR"] ?? join(import.meta.dirname, "../../../shared/data/llm-traffic");
  const path = join(folder, "recorded.jsonl.gz");
  if (!existsSync(path)) {
    if (process.env["CI"] === "true") throw new Error(`the recorded traffic is missing: ${path}`);
    console.warn(`SKIPPED: no recorded traffic at ${path}; set SALLYPORT_TRAFFIC_DIR`);
    return [];
  }
  const lines = gunzipSync(readFileSync(path)).toString("utf8").trim().split("\n");
  return lines.flatMap((text) => {
    if (!text.includes('"openai.chat"')) return [];
    const line: Line = JSON.parse(text);
    if (line.dialect !== "openai.chat") return [];
    const response = Buffer.from(line.respB64 ?? "", "base64");
    const isError = response.subarray(0, 64).toString("utf8").includes('"error"');
    return [
      {
        name: `${line.file}#${line.i}`,
        request: Buffer.from(line.reqB64 ?? "", "base64"),
        response,
        status: line.code ?? (isError ? 400 : 200),
        isStream: line.flags.includes("stream"),
      },
    ];
  });
}
