import { writeEvent } from "../../framing/sse-write.ts";
import { type ErrorCode, errorCatalog, GatewayError } from "../../kernel/errors.ts";
import { isJsonObject, parseJson, printJson } from "../../kernel/json.ts";

/**
 * A failure, for the edge that tells it as a status of gRPC: the catalogue's code, and public text. It stands in no
 * message of `ai.v1`.
 */
export function encodeAiError(error: GatewayError): string {
  const { param, retryAfterMs } = error.facts;
  return printJson({ error: { code: error.code, message: error.publicMessage, param, retryAfterMs } });
}

/** The failure that such a text tells; `undefined`: it tells of none. */
export function readAiError(text: string): GatewayError | undefined {
  const body = parseJson(text);
  const told = isJsonObject(body) ? body["error"] : undefined;
  if (!isJsonObject(told)) return undefined;
  const { code, message, retryAfterMs } = told;
  const known = typeof code === "string" && isErrorCode(code) ? code : "internal";
  return new GatewayError(known, "told to a client of `ai.v1`", {
    ...(typeof message === "string" ? { message } : {}),
    ...(typeof retryAfterMs === "number" ? { retryAfterMs } : {}),
  });
}

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorCatalog, code);

export const encodeAiStreamError = (error: GatewayError): string => writeEvent(encodeAiError(error));
