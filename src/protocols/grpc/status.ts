import { base64Text, bytesOfBase64 } from "../../framing/base64.ts";
import type { FrameFault } from "../../framing/grpc-frames.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { codeOf, codeOfHttp, codeOfReset, grpcCode } from "./codes.ts";
import { type Detail, readDetails, readRetryInfo, retryInfo, writeStatus } from "./details.ts";
import { type HeaderList, valueIn } from "./header-list.ts";

/** How a call has ended. */
export interface GrpcStatus {
  /** 0 to 16. */
  readonly code: number;
  readonly message: string;
  readonly details: readonly Detail[];
  /** When the service wants to be asked again, if it says so. */
  readonly retryAfterMs?: number;
  /** What it says of the service, where the code would tell it wrong; `none`: nothing. */
  readonly blame?: "upstream_failed" | "upstream_overloaded" | "upstream_malformed_response" | "none";
}

/** The fields that a status is told in. */
export const statusNames: ReadonlySet<string> = new Set([
  "grpc-status",
  "grpc-message",
  "grpc-status-details-bin",
]);

const statusOf = (code: number, message: string): GrpcStatus => ({ code, message, details: [] });

/** How the gateway tells a failure of its own catalogue; when to try again goes along. */
export function statusOfError(error: GatewayError): GrpcStatus {
  const { retryAfterMs } = error.facts;
  return {
    code: codeOf(error.code),
    message: error.publicMessage,
    details: retryAfterMs === undefined ? [] : [retryInfo(retryAfterMs)],
  };
}

/**
 * What is told of an upstream that has answered without a status of gRPC. Only what no client can be to blame for speaks
 * against it, whatever the code.
 */
export function statusOfHttp(status: number, retryAfter?: string): GrpcStatus {
  const told = statusOf(codeOfHttp(status), `Received HTTP status code ${status}`);
  if (status < 500 || status === 501) return { ...told, blame: "none" };
  if (status !== 503) return { ...told, blame: "upstream_failed" };
  return { ...told, ...afterMs(1000 * Number(retryAfter)), blame: "upstream_overloaded" };
}

const afterMs = (span: number | undefined): Pick<GrpcStatus, "retryAfterMs"> =>
  span === undefined || !(span > 0) ? {} : { retryAfterMs: span };

/** What is told of an upstream that has reset its stream. */
export const statusOfReset = (resetCode: number): GrpcStatus =>
  statusOf(codeOfReset(resetCode), `Received RST_STREAM with error code ${resetCode}`);

/** What is told of messages that cannot be read. */
export function statusOfFault(fault: FrameFault): GrpcStatus {
  const { resource_exhausted: exhausted, internal } = grpcCode;
  return statusOf(fault.kind === "too-large" ? exhausted : internal, wordsOf(fault));
}

/** The same for the log; of a request it is the client's fault, of an answer the upstream's. */
export function errorOfFault(fault: FrameFault, side: "request" | "answer"): GatewayError {
  const code = fault.kind === "too-large" ? "request_too_large" : "malformed_request";
  return new GatewayError(side === "request" ? code : "upstream_malformed_response", wordsOf(fault), {
    message: wordsOf(fault),
  });
}

function wordsOf(fault: FrameFault): string {
  switch (fault.kind) {
    case "too-large":
      return `The message of ${fault.bytes} bytes is larger than the ${fault.bytesMax} that are allowed.`;
    case "flag":
      return `The flag of a message is ${fault.flag}; it may be 0 or 1.`;
    case "compressed":
      return "A message is compressed, but no encoding is named.";
    case "cut":
      return "The stream ended inside a message.";
    case "base64":
      return "The body is not base64.";
  }
}

/** The fields that tell of a status, in a head or in trailers. The details are there only if there are any. */
export function statusFields({ code, message, details }: GrpcStatus): string[] {
  const fields = ["grpc-status", String(code)];
  if (message !== "") fields.push("grpc-message", encodeMessage(message));
  if (details.length > 0)
    fields.push("grpc-status-details-bin", base64Text(writeStatus(code, message, details)));
  return fields;
}

/** The status in a list of fields; `undefined` where there is none. A code that is no number is unknown (2). */
export function readStatus(list: HeaderList): GrpcStatus | undefined {
  const code = valueIn(list, "grpc-status");
  if (code === undefined) return undefined;
  const packed = valueIn(list, "grpc-status-details-bin");
  const details = packed === undefined ? [] : readDetails(bytesOfBase64(packed) ?? new Uint8Array(0));
  return {
    code: /^\d{1,3}$/.test(code) ? Number(code) : grpcCode.unknown,
    message: decodeMessage(valueIn(list, "grpc-message") ?? ""),
    details,
    ...afterMs(readRetryInfo(details) ?? pushback(list)),
  };
}

/** What a server says to who would try again, in ms; below 0 or no number: not to. Source: gRFC A6, "Server Pushback". */
function pushback(list: HeaderList): number | undefined {
  const text = valueIn(list, "grpc-retry-pushback-ms") ?? "";
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/** Percent-encodes a message for `grpc-message`: all but printable ASCII, and `%`. Source: gRPC over HTTP2, "Responses". */
export function encodeMessage(message: string): string {
  if (/^[\x20-\x24\x26-\x7e]*$/.test(message)) return message;
  let out = "";
  for (const byte of new TextEncoder().encode(message)) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    out += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return out;
}

/** The message in such a text. What is no triple stays as it is: a message must not be lost. */
export function decodeMessage(text: string): string {
  if (!text.includes("%")) return text;
  const bytes: number[] = [];
  const source = new TextEncoder().encode(text);
  for (let at = 0; at < source.length; at += 1) {
    const byte = source[at] ?? 0;
    const triple = byte === 0x25 ? hexAt(source, at + 1) : undefined;
    bytes.push(triple ?? byte);
    if (triple !== undefined) at += 2;
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

function hexAt(source: Uint8Array, at: number): number | undefined {
  const digits = String.fromCharCode(source[at] ?? 0, source[at + 1] ?? 0);
  return /^[0-9A-Fa-f]{2}$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
}
