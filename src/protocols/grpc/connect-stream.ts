import { framePrefix } from "../../framing/grpc-frames.ts";
import { type AnswerForm, answerIn } from "./answer.ts";
import { endOfStream } from "./connect-error.ts";
import { encodingOf, readConnectHead, withoutGrpc } from "./connect-head.ts";
import { joined } from "./details.ts";
import type { Codec, GrpcFlavour, WholeAnswer } from "./flavour.ts";
import { field, type HeaderList, valueIn } from "./header-list.ts";
import { passingBody } from "./request-body.ts";
import { type GrpcStatus, statusOfError } from "./status.ts";

const fields = { encoding: "connect-content-encoding", accepted: "connect-accept-encoding" } as const;

/** The flag of the last envelope. */
const endFlag = 2;

/**
 * Clients that speak Connect in streams: messages stand in the envelopes of gRPC, and a last one says how it ended.
 * Source: connectrpc.com/docs/protocol, "Streaming".
 */
export function connectStream(codec: Codec = "proto"): GrpcFlavour {
  const mediaType = `application/connect+${codec}`;
  const form = formIn(["content-type", mediaType]);
  return {
    name: "connect-stream",
    readHead: (head, isGuarded) => readConnectHead(head, isGuarded, { ...fields, codec }),
    request: passingBody,
    answer: (_, options) => answerIn(form.whole(options.headers), options),
    refusal: (error, headers) => {
      if (error.code !== "unsupported_media_type") return form.onlyEnd(statusOfError(error), [], headers);
      return {
        kind: "whole",
        status: 415,
        headers: ["accept-post", mediaType, ...headers],
        body: new Uint8Array(0),
      };
    },
  };
}

/** How such streams are told, under one content type. */
function formIn(contentType: HeaderList) {
  const onlyEnd = (status: GrpcStatus, metadata: HeaderList, own: HeaderList): WholeAnswer => ({
    kind: "whole",
    status: 200,
    headers: [...contentType, ...own],
    body: endFrame(status, metadata),
  });
  const whole = (own: HeaderList): AnswerForm => ({
    head: (metadata) => [
      {
        kind: "head",
        status: 200,
        headers: [
          ...contentType,
          ...field("connect-content-encoding", encodingOf(valueIn(metadata, "grpc-encoding"))),
          ...withoutGrpc(metadata),
        ],
      },
    ],
    data: (chunk) => [{ kind: "data", chunk }],
    end: ({ status, metadata }) => [
      { kind: "data", chunk: endFrame(status, metadata) },
      { kind: "end", trailers: [] },
    ],
    only: ({ status, metadata }) => [onlyEnd(status, metadata, own)],
  });
  return { whole, onlyEnd };
}

function endFrame(status: GrpcStatus, metadata: HeaderList): Uint8Array {
  const body = endOfStream(status, metadata);
  return joined([framePrefix(endFlag, body.length), body]);
}
