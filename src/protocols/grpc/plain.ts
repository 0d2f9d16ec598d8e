import { GatewayError } from "../../kernel/errors.ts";
import { type AnswerForm, answerIn, isEncoded } from "./answer.ts";
import type { ClientHead, GrpcFlavour, HeadReading, WholeAnswer } from "./flavour.ts";
import { field, type HeaderList, valueIn } from "./header-list.ts";
import { type Guard, previousAttempts, requestMetadata } from "./metadata.ts";
import { passingBody } from "./request-body.ts";
import { statusFields, statusOfError } from "./status.ts";
import { parseGrpcTimeout } from "./timeout.ts";

const nothing = new Uint8Array(0);

/** Clients that speak gRPC itself: what they send and are sent passes. */
export const grpc: GrpcFlavour = {
  name: "grpc",
  readHead: (head, isGuarded) =>
    readGrpcHead(head, isGuarded, valueIn(head.rawHeaders, "content-type") ?? "application/grpc"),
  request: passingBody,
  answer: (_, options) => answerIn(grpcForm(options.headers), options),
  refusal: (error, headers) => onlyTrailers([...headers, ...statusFields(statusOfError(error))]),
};

/** Reads a head whose metadata is gRPC's own; also that of gRPC-Web. */
export function readGrpcHead({ rawHeaders }: ClientHead, isGuarded: Guard, contentType: string): HeadReading {
  const told = valueIn(rawHeaders, "grpc-timeout");
  const timeout = told === undefined ? undefined : parseGrpcTimeout(told);
  if (told !== undefined && timeout === undefined) {
    const message = "The field grpc-timeout is not 1 to 8 digits and one of H, M, S, m, u and n.";
    return { kind: "refused", error: new GatewayError("malformed_request", message, { message }) };
  }
  return {
    kind: "call",
    head: {
      contentType,
      metadata: requestMetadata(rawHeaders, isGuarded),
      ...(timeout === undefined ? {} : { timeout }),
      isEncoded: isEncoded(rawHeaders),
      attempts: previousAttempts(rawHeaders),
    },
  };
}

function grpcForm(own: HeaderList): AnswerForm {
  return {
    head: (metadata, contentType) => [
      { kind: "head", status: 200, headers: [...field("content-type", contentType), ...metadata] },
    ],
    data: (chunk) => [{ kind: "data", chunk }],
    end: ({ fields, metadata }) => [{ kind: "end", trailers: [...fields, ...metadata] }],
    only: ({ fields, metadata, contentType }) => [
      onlyTrailers([...own, ...fields, ...metadata], contentType),
    ],
  };
}

/** A head that ends the stream. Source: gRPC over HTTP2, "Trailers-Only". */
const onlyTrailers = (fields: HeaderList, contentType = "application/grpc"): WholeAnswer => ({
  kind: "whole",
  status: 200,
  headers: ["content-type", contentType, ...fields],
  body: nothing,
});
