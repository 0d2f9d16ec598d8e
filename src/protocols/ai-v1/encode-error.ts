import { writeEvent } from "../../framing/sse-write.ts";
import type { GatewayError } from "../../kernel/errors.ts";
import { printJson } from "../../kernel/json.ts";

/**
 * A failure, for the edge that tells it as a status of gRPC: the catalogue's code, and public text. It stands in no
 * message of `ai.v1`.
 */
export function encodeAiError(error: GatewayError): string {
  const { param, retryAfterMs } = error.facts;
  return printJson({ error: { code: error.code, message: error.publicMessage, param, retryAfterMs } });
}

export const encodeAiStreamError = (error: GatewayError): string => writeEvent(encodeAiError(error));
