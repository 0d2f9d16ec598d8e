import { type FrameFault, type MessageMeter, messageMeter } from "../../framing/grpc-frames.ts";
import { grpcCode } from "./codes.ts";
import type { AnswerOptions, AnswerWriter, Step } from "./flavour.ts";
import { fieldsOf, type HeaderList, valueIn } from "./header-list.ts";
import { answerMetadata } from "./metadata.ts";
import {
  type GrpcStatus,
  readStatus,
  statusFields,
  statusNames,
  statusOfFault,
  statusOfHttp,
} from "./status.ts";

/** How a call has ended, and what goes with it. */
export interface Ending {
  readonly status: GrpcStatus;
  /** The fields of the status as the upstream has written them, or ours. */
  readonly fields: HeaderList;
  /** The trailing metadata. */
  readonly metadata: HeaderList;
  /** That of the upstream's head; absent: there was none. */
  readonly contentType?: string;
}

/** How one flavour tells an answer. */
export interface AnswerForm {
  readonly head: (metadata: HeaderList, contentType: string) => readonly Step[];
  readonly data: (chunk: Uint8Array, meter: MessageMeter) => readonly Step[];
  readonly end: (ending: Ending) => readonly Step[];
  /** The end of an answer that has no head of its own. */
  readonly only: (ending: Ending) => readonly Step[];
}

/**
 * What all flavours share: what an upstream must be held to, where it ends without any message, and that it ends once.
 * Source: gRPC over HTTP2, "Responses".
 */
export function answerIn(form: AnswerForm, { limits, headers: own, isGuarded }: AnswerOptions): AnswerWriter {
  let meter = messageMeter({ bytesMax: limits.answerBytesMax, isEncoded: false });
  let state: "waiting" | "trailers-only" | "open" | "ended" = "waiting";
  let only: HeaderList = [];
  let status: GrpcStatus | undefined;
  let fault: FrameFault | undefined;

  const close = (ending: Ending): readonly Step[] => {
    const steps = state === "open" ? form.end(ending) : form.only(ending);
    status = ending.status;
    state = "ended";
    return steps;
  };
  const fail = (told: GrpcStatus): readonly Step[] =>
    state === "ended" ? [] : close({ status: told, fields: statusFields(told), metadata: [] });
  const failBy = (found: FrameFault): readonly Step[] => {
    fault = found;
    return fail(statusOfFault(found));
  };
  const endBy = (list: HeaderList): readonly Step[] => {
    const told = readStatus(list);
    if (told === undefined) return fail(withoutStatus);
    const fields = fieldsOf(list, (name) => statusNames.has(name));
    const contentType = valueIn(only, "content-type");
    return close({
      status: told,
      fields,
      metadata: answerMetadata(list, isGuarded),
      ...(contentType === undefined || !isGrpc(contentType) ? {} : { contentType }),
    });
  };

  return {
    head: ({ status: http, headers }) => {
      if (state !== "waiting") return [];
      const contentType = valueIn(headers, "content-type") ?? "";
      const isTold = readStatus(headers) !== undefined;
      if (!isTold && (http !== 200 || !isGrpc(contentType))) {
        return fail(
          http === 200 ? notGrpc(contentType) : statusOfHttp(http, valueIn(headers, "retry-after")),
        );
      }
      if (isTold) {
        state = "trailers-only";
        only = headers;
        return [];
      }
      state = "open";
      meter = messageMeter({ bytesMax: limits.answerBytesMax, isEncoded: isEncoded(headers) });
      return form.head([...own, ...answerMetadata(headers, isGuarded)], contentType);
    },
    data: (chunk) => {
      if (chunk.length === 0 || (state !== "open" && state !== "trailers-only")) return [];
      if (state === "trailers-only") return fail(behindStatus);
      const found = meter.push(chunk);
      return found === undefined ? form.data(chunk, meter) : failBy(found);
    },
    end: (trailers) => {
      if (state === "ended") return [];
      if (state === "trailers-only") return endBy(readStatus(trailers) === undefined ? only : trailers);
      const cut = meter.end();
      // A status tells more than a cut message that comes with it.
      return cut !== undefined && (readStatus(trailers)?.code ?? 0) === 0 ? failBy(cut) : endBy(trailers);
    },
    fail,
    status: () => status,
    fault: () => fault,
    messages: () => meter.messages(),
    bytes: () => meter.bytes(),
  };
}

const isGrpc = (contentType: string): boolean => /^application\/grpc(?:$|[+; ])/i.test(contentType);

/** Whether a head names a compression. */
export function isEncoded(headers: HeaderList): boolean {
  const encoding = valueIn(headers, "grpc-encoding") ?? "identity";
  return encoding !== "identity" && encoding !== "";
}

const of = (code: number, message: string): GrpcStatus => ({ code, message, details: [] });
const withoutStatus = of(grpcCode.internal, "The upstream ended the call without a status.");
const behindStatus = of(grpcCode.internal, "The upstream sent messages behind its status.");
const notGrpc = (contentType: string): GrpcStatus => ({
  ...of(grpcCode.unknown, contentType === "" ? "The answer has no content type." : "The answer is not gRPC."),
  blame: "upstream_malformed_response",
});
