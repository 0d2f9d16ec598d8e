import { base64Bytes, base64Decoder } from "../../framing/base64.ts";
import { framePrefix, type MessageMeter } from "../../framing/grpc-frames.ts";
import { type AnswerForm, answerIn } from "./answer.ts";
import { joined } from "./details.ts";
import type { CallHead, GrpcFlavour, MessageLimits, Passed, RequestBody, Step } from "./flavour.ts";
import { type HeaderList, valueIn } from "./header-list.ts";
import { readGrpcHead } from "./plain.ts";
import { passingBody } from "./request-body.ts";
import { statusFields, statusOfError } from "./status.ts";

/** Trailers in the body. Source: grpc/doc/PROTOCOL-WEB.md, "Message framing". */
const trailersFlag = 0x80;

/** What a browser says to the gateway, and no service is to hear. */
const ofBrowser: ReadonlySet<string> = new Set(["x-grpc-web", "accept", "accept-encoding"]);

/**
 * Clients that speak gRPC-Web: messages as they are, trailers as the last frame of the body; with `isText` all of it in
 * base64, for engines that read nothing else in pieces.
 */
export function grpcWeb({ isText }: { readonly isText: boolean }): GrpcFlavour {
  const mark = isText ? "application/grpc-web-text" : "application/grpc-web";
  const typeFor = (contentType: string): string => contentType.replace(/^application\/grpc/i, mark);
  return {
    name: "grpc-web",
    readHead: (head, isGuarded) => {
      const own = valueIn(head.rawHeaders, "content-type") ?? mark;
      const type = own.replace(/^application\/grpc-web(?:-text)?/i, "application/grpc");
      return readGrpcHead(head, (name) => ofBrowser.has(name) || isGuarded(name), type);
    },
    request: isText ? textBody : passingBody,
    answer: (head, options) =>
      answerIn(
        webForm(options.headers, typeFor(head.contentType), isText ? textWriter() : plainWriter),
        options,
      ),
    refusal: (error, headers) => ({
      kind: "whole",
      status: 200,
      headers: ["content-type", `${mark}+proto`, ...headers, ...statusFields(statusOfError(error))],
      body: new Uint8Array(0),
    }),
  };
}

function webForm(own: HeaderList, contentType: string, writer: BodyWriter): AnswerForm {
  return {
    head: (metadata) => [{ kind: "head", status: 200, headers: ["content-type", contentType, ...metadata] }],
    data: (chunk, meter) => dataSteps(writer.push(chunk, meter)),
    end: ({ fields, metadata }) => [
      ...dataSteps(writer.last(trailersFrame([...fields, ...metadata]))),
      { kind: "end", trailers: [] },
    ],
    only: ({ fields, metadata }) => [
      {
        kind: "whole",
        status: 200,
        headers: ["content-type", contentType, ...own, ...fields, ...metadata],
        body: new Uint8Array(0),
      },
    ],
  };
}

const dataSteps = (chunk: Uint8Array): readonly Step[] =>
  chunk.length === 0 ? [] : [{ kind: "data", chunk }];

/** The last frame: the fields as HTTP/1.1 writes them, names in lower case. */
function trailersFrame(list: HeaderList): Uint8Array {
  let text = "";
  for (let index = 0; index + 1 < list.length; index += 2)
    text += `${list[index]?.toLowerCase()}:${list[index + 1]}\r\n`;
  const body = Uint8Array.from(text, (character) => character.charCodeAt(0));
  return joined([framePrefix(trailersFlag, body.length), body]);
}

/** Brings the bytes of an answer into the form of the body. */
interface BodyWriter {
  readonly push: (chunk: Uint8Array, meter: MessageMeter) => Uint8Array;
  readonly last: (frame: Uint8Array) => Uint8Array;
}

const plainWriter: BodyWriter = { push: (chunk) => chunk, last: (frame) => frame };

/** Base64 that is padded only where a message ends, so that a client has it at once. */
function textWriter(): BodyWriter {
  let kept: Uint8Array = new Uint8Array(0);
  return {
    push: (chunk, meter) => {
      const all = joined([kept, chunk]);
      const size = meter.isBetween() ? all.length : all.length - (all.length % 3);
      kept = all.slice(size);
      return base64Bytes(all.subarray(0, size));
    },
    last: (frame) => base64Bytes(joined([kept, frame])),
  };
}

const notBase64: Passed = { chunks: [], fault: { kind: "base64" } };

/** A body in base64. */
function textBody(head: CallHead, limits: MessageLimits): RequestBody {
  const body = passingBody(head, limits);
  const decoder = base64Decoder();
  return {
    ...body,
    push: (chunk) => {
      const bytes = decoder.push(chunk);
      return bytes === undefined ? notBase64 : body.push(bytes);
    },
    end: () => (decoder.end() === undefined ? notBase64 : body.end()),
  };
}
