import { framePrefix } from "../framing/grpc-frames.ts";
import { GatewayError } from "../kernel/errors.ts";
import { joined } from "../pipeline/joined.ts";
import type { MessageForms, OwnMessage } from "../ports/message-forms.ts";
import type { InboundRequest } from "../ports/server.ts";
import {
  type CallHead,
  type Codec,
  errorOfFault,
  type GrpcFlavour,
  type GrpcStatus,
  grpcCode,
  type HeadReading,
  statusOfError,
  statusOfFault,
} from "../protocols/grpc/index.ts";

/** The one message of a call; or what is wrong, and the status by which clients of gRPC know it. */
export type OwnReading =
  | { readonly kind: "message"; readonly bytes: Uint8Array }
  | { readonly kind: "fault"; readonly error: GatewayError; readonly status: GrpcStatus };

/** Base64 is a third longer; a prefix and the end of a line more are no reason to refuse. */
const bodyBytesFor = (messageBytes: number): number => Math.ceil((messageBytes * 4) / 3) + 1024;

const prefixBytes = 5;

/** How a client speaks, and what is to be known of its message. */
interface Understood {
  readonly flavour: GrpcFlavour;
  readonly head: CallHead;
  readonly forms: Pick<MessageForms, "gunzip">;
}

/** Reads the head of a call, without metadata: only what the messages are packed with is looked at. */
export const readOwnHead = (flavour: GrpcFlavour, { rawHeaders }: InboundRequest): HeadReading =>
  flavour.readHead({ query: "", rawHeaders }, (name) => name !== encodingField);

/** @throws GatewayError what is wrong with it. */
export function headIn(reading: HeadReading): CallHead {
  if (reading.kind === "refused") throw reading.error;
  return reading.head;
}

const encodingField = "grpc-encoding";

/**
 * Connect tells by the media type whether a call is a stream.
 *
 * @throws GatewayError `unsupported_media_type` where the method is not of that kind.
 */
export function checkKind({ name }: GrpcFlavour, { isStream }: { readonly isStream: boolean }): void {
  const isOther = isStream ? name === "connect" : name === "connect-stream";
  if (!isOther) return;
  throw new GatewayError("unsupported_media_type", name, {
    message: isStream
      ? "Here a stream is answered: Connect asks for it as `application/connect+proto` or `+json`."
      : "Here one message is answered: Connect asks for it as `application/proto` or `application/json`.",
  });
}

/**
 * Reads the message of a call that takes one. One that is too long is refused by its prefix, before its bytes are there.
 *
 * @throws GatewayError what the body fails with.
 */
export async function readOwnMessage(
  inbound: InboundRequest,
  { flavour, head, forms }: Understood,
  bytesMax: number,
): Promise<OwnReading> {
  const body = flavour.request(head, { requestBytesMax: bytesMax, answerBytesMax: bytesMax });
  const pieces: Uint8Array[] = [];
  const take = ({ chunks, fault }: ReturnType<typeof body.push>): OwnReading | undefined => {
    pieces.push(...chunks);
    return fault === undefined
      ? undefined
      : { kind: "fault", error: errorOfFault(fault, "request"), status: statusOfFault(fault) };
  };
  for await (const piece of inbound.streamBody(bodyBytesFor(bytesMax), { isHeld: true }) ?? []) {
    const fault = take(body.push(piece)) ?? (body.messages() > 1 ? tooMany : undefined);
    if (fault !== undefined) return fault;
  }
  const fault = take(body.end());
  if (fault !== undefined) return fault;
  if (body.messages() !== 1) return body.messages() === 0 ? none : tooMany;
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const message = joined(pieces, size);
  const bytes = message.subarray(prefixBytes);
  return message[0] === 1 ? unpacked(bytes, { head, forms, bytesMax }) : { kind: "message", bytes };
}

/** Source: gRPC over HTTP2, "Compression". */
async function unpacked(
  packed: Uint8Array,
  { head, forms, bytesMax }: Omit<Understood, "flavour"> & { readonly bytesMax: number },
): Promise<OwnReading> {
  if (head.metadata[head.metadata.indexOf(encodingField) + 1]?.toLowerCase() !== "gzip") return otherPacking;
  try {
    const bytes = await forms.gunzip(packed, bytesMax);
    if (bytes !== undefined) return { kind: "message", bytes };
    const message = `The message is larger than the ${bytesMax} bytes that are allowed.`;
    const error = new GatewayError("request_too_large", message, { message });
    return { kind: "fault", error, status: statusOfError(error) };
  } catch (thrown) {
    const error = GatewayError.from(thrown);
    return { kind: "fault", error, status: { ...statusOfError(error), code: grpcCode.internal } };
  }
}

/** Source: grpc/doc/statuscodes.md, the codes that libraries generate. */
const faultOf = (message: string): OwnReading => ({
  kind: "fault",
  error: new GatewayError("malformed_request", message, { message }),
  status: { code: grpcCode.unimplemented, message, details: [] },
});
const none = faultOf("The call has no message.");
const tooMany = faultOf("The call has more than one message.");
const otherPacking = faultOf("Messages are taken as they are, or packed by gzip.");

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** A client's message as JSON. @throws GatewayError `malformed_request`. */
export function jsonOf(
  forms: MessageForms,
  { codec, message }: { readonly codec: Codec; readonly message: OwnMessage },
  bytes: Uint8Array,
): string {
  return codec === "proto" ? forms.toJson(message, bytes) : forms.readJson(message, textOf(bytes));
}

function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (thrown) {
    const message = "The body is not UTF-8.";
    throw new GatewayError("malformed_request", message, { message, cause: thrown });
  }
}

/** A message of ours, with its prefix. @throws GatewayError `internal` for JSON that is no such message. */
export function framedOf(
  forms: MessageForms,
  { codec, message }: { readonly codec: Codec; readonly message: OwnMessage },
  json: string,
): Uint8Array {
  const binary = forms.toBytes(message, json);
  const bytes = codec === "proto" ? binary : encoder.encode(forms.toJson(message, binary));
  return joined([framePrefix(0, bytes.length), bytes], prefixBytes + bytes.length);
}

/** The head of an answer as the flavours take it; what a client may pack its messages with is said there. */
export const answerHead = ({ contentType }: CallHead) =>
  ({ status: 200, headers: ["content-type", contentType, "grpc-accept-encoding", "identity,gzip"] }) as const;

/** The trailers of a call that went well. */
export const wentWell = ["grpc-status", "0"] as const;

/** What is of no length that matters: our own answers. */
export const ownLimits = {
  requestBytesMax: Number.MAX_SAFE_INTEGER,
  answerBytesMax: Number.MAX_SAFE_INTEGER,
} as const;
