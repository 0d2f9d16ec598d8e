import type { TransportFailure } from "../../ports/transport.ts";

/** How far an exchange had come. */
export interface Progress {
  readonly wasSent: boolean;
  readonly hasHead: boolean;
}

const timeoutCodes: ReadonlySet<string> = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]);

/** The parser's own complaints, and a head above the limit. */
const isProtocolFault = (code: string): boolean =>
  code === "HTTPParserError" || code.startsWith("HPE_") || code === "UND_ERR_HEADERS_OVERFLOW";

/** A peer that hangs up in its head is gone; it does not speak wrongly. */
const isCutShort = (code: string): boolean => code === "HPE_INVALID_EOF_STATE";

/** How undici puts that a server said 100 to a request that is under way. */
export const isUnaskedContinue = (error: Error): boolean =>
  "code" in error && error.code === "UND_ERR_SOCKET" && error.message === "bad response";

/** What an error of undici, of `node:http` or of a socket means. */
export function readFailure(error: Error, progress: Progress): TransportFailure {
  const systemCode = "code" in error && typeof error.code === "string" ? error.code : error.name;
  const detail = `${systemCode}: ${error.message}`;
  if (timeoutCodes.has(systemCode)) return { code: "upstream_timeout", detail, wasSent: true };
  if (progress.hasHead) return { code: "upstream_stream_broken", detail, wasSent: true };
  if (isProtocolFault(systemCode) && !isCutShort(systemCode))
    return { code: "upstream_malformed_response", detail, wasSent: true };
  return { code: "upstream_unreachable", detail, wasSent: progress.wasSent };
}
