import { type AnswerForm, answerIn, type Ending } from "./answer.ts";
import { grpcCode, httpOfCode } from "./codes.ts";
import { errorBody } from "./connect-error.ts";
import { readGetHead } from "./connect-get.ts";
import { encodingOf, readConnectHead, withoutGrpc } from "./connect-head.ts";
import { joined } from "./details.ts";
import type { Codec, GrpcFlavour, WholeAnswer } from "./flavour.ts";
import { field, type HeaderList, valueIn } from "./header-list.ts";
import { wholeBody } from "./request-body.ts";
import { type GrpcStatus, statusOfError } from "./status.ts";

const fields = { encoding: "content-encoding", accepted: "accept-encoding" } as const;

/**
 * Clients that speak Connect, one message each way: the bodies are the messages themselves, and the HTTP status tells
 * how it ended, so that an answer waits for its end. The call stands in the target where the method is GET.
 * Source: connectrpc.com/docs/protocol, "Unary".
 */
export function connectUnary(method: "GET" | "POST", codec: Codec = "proto"): GrpcFlavour {
  const mediaType = `application/${codec}`;
  return {
    name: "connect",
    readHead: (head, isGuarded) =>
      method === "GET"
        ? readGetHead(head, isGuarded)
        : readConnectHead(head, isGuarded, { ...fields, codec }),
    request: wholeBody,
    answer: (_, options) => answerIn(unaryForm(options.headers, mediaType), options),
    refusal: (error, headers) => {
      const status = statusOfError(error);
      const isType = error.code === "unsupported_media_type";
      const told = errorAnswer(status, headers);
      return isType ? { ...told, status: 415, headers: [...told.headers, "accept-post", mediaType] } : told;
    },
  };
}

function unaryForm(own: HeaderList, mediaType: string): AnswerForm {
  let leading: HeaderList = own;
  let encoding: string | undefined;
  const chunks: Uint8Array[] = [];
  let messages = 0;

  const whole = ({ status, metadata }: Ending): WholeAnswer => {
    const trailing = prefixed(metadata);
    if (status.code !== 0) return errorAnswer(status, [...leading, ...trailing]);
    if (messages !== 1) return errorAnswer(notOne(messages), [...leading, ...trailing]);
    const body = joined(chunks);
    const headers = [
      ...["content-type", mediaType],
      ...field("content-encoding", body[0] === 1 ? encoding : undefined),
      ...leading,
      ...trailing,
    ];
    return { kind: "whole", status: 200, headers, body: body.subarray(5) };
  };
  return {
    head: (metadata) => {
      encoding = encodingOf(valueIn(metadata, "grpc-encoding"));
      leading = withoutGrpc(metadata);
      return [];
    },
    data: (chunk, meter) => {
      messages = meter.messages();
      // A second message will be refused: what comes of it is not kept.
      if (messages === 1) chunks.push(chunk);
      return [];
    },
    end: (ending) => [whole(ending)],
    only: (ending) => [whole(ending)],
  };
}

function errorAnswer(status: GrpcStatus, headers: HeaderList): WholeAnswer {
  return {
    kind: "whole",
    status: httpOfCode(status.code),
    headers: ["content-type", "application/json", ...headers],
    body: errorBody(status),
  };
}

/** Trailing metadata among the headers. */
const prefixed = (metadata: HeaderList): readonly string[] =>
  metadata.map((text, index) => (index % 2 === 0 ? `trailer-${text}` : text));

const notOne = (messages: number): GrpcStatus => ({
  code: messages === 0 ? grpcCode.unimplemented : grpcCode.internal,
  message: `The upstream answered with ${messages === 0 ? "no message" : "more than one message"}.`,
  details: [],
});
