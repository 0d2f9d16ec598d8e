import type { Framing } from "../exchange/dialect.ts";
import type { Candidate } from "../exchange/target.ts";
import { headersWith } from "./edited-headers.ts";
import type { PolicyEdits } from "./trail.ts";

const mediaTypes: Readonly<Record<Framing, string>> = {
  sse: "text/event-stream",
  "json-array": "application/json",
  "aws-event-stream": "application/vnd.amazon.eventstream",
};

/** Client headers that mean something to a provider of the client's own dialect. */
const familyHeaders = ["anthropic-version", "anthropic-beta", "openai-beta", "idempotency-key"] as const;

/** The headers of a call: the provider's own, and those of the client's that mean something to it. */
export function upstreamHeaders(
  candidate: Candidate,
  header: (name: string) => string | undefined,
  {
    framing,
    isOwnDialect,
    edits,
  }: {
    readonly framing: Framing | undefined;
    readonly isOwnDialect: boolean;
    /** What policies change of them. */
    readonly edits: PolicyEdits["headers"];
  },
): readonly string[] {
  const headers = [
    "content-type",
    "application/json",
    "accept",
    framing === undefined ? "application/json" : mediaTypes[framing],
    // The tap reads what passes; a compressed answer would have to be unpacked beside it.
    "accept-encoding",
    "identity",
    ...candidate.endpoint.headers,
  ];
  const family = isOwnDialect ? familyHeaders : [];
  for (const name of [...family, ...(candidate.endpoint.forwards ?? [])]) {
    const value = header(name);
    if (value !== undefined) headers.push(name, value);
  }
  const { dialect } = candidate.endpoint.codec;
  const isAnthropic = dialect === "anthropic-messages" || dialect === "anthropic-count";
  if (isAnthropic && !headers.includes("anthropic-version")) {
    headers.push("anthropic-version", "2023-06-01");
  }
  return headersWith(headers, edits);
}
