import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { hasRecordedTraffic } from "../../../test/support/recorded-traffic.ts";

/** One recorded exchange with Gemini, at AI Studio or Vertex AI. */
export interface RecordedGemini {
  readonly name: string;
  readonly path: string;
  readonly query: string;
  readonly status: number;
  readonly request: Buffer;
  readonly response: string;
}

interface Line {
  readonly dialect: string;
  readonly file: string;
  readonly i: number;
  readonly uri: string;
  readonly code?: number | null;
  readonly reqB64: string;
  readonly respB64: string;
}

/** All recorded exchanges of both, in the order of the file; none where the data is missing. */
export function recordedGemini(): readonly RecordedGemini[] {
  if (!hasRecordedTraffic()) return [];
  const folder =
    process.env["SALLYPORT_TRAFFIC_DIR"] ?? join(import.meta.dirname, "../../../../shared/data/llm-traffic");
  const lines = gunzipSync(readFileSync(join(folder, "recorded.jsonl.gz")))
    .toString("utf8")
    .trim()
    .split("\n");
  return lines.flatMap((text) => {
    if (!text.includes("gemini.generateContent")) return [];
    const line: Line = JSON.parse(text);
    if (!line.dialect.endsWith("gemini.generateContent")) return [];
    const [, path = "", query = ""] = /^https:\/\/[^/]+([^?]*)\??(.*)$/.exec(line.uri) ?? [];
    return [
      {
        name: `${line.file}#${line.i}`,
        path,
        query,
        status: line.code ?? 200,
        request: Buffer.from(line.reqB64, "base64"),
        response: Buffer.from(line.respB64, "base64").toString("utf8"),
      },
    ];
  });
}
