import { GatewayError } from "../kernel/errors.ts";
import { joined } from "../pipeline/joined.ts";
import type { Reply } from "../ports/server.ts";
import { isLastPart, readAiError, withCost } from "../protocols/ai-v1/index.ts";
import {
  type AnswerWriter,
  type CallHead,
  type GrpcFlavour,
  type GrpcStatus,
  perform,
  type Step,
  statusOfError,
} from "../protocols/grpc/index.ts";
import { answerHead, ownLimits, wentWell } from "./own-message.ts";

/** What a reply has to know of the call that it answers. */
export interface AnsweredCall {
  readonly flavour: GrpcFlavour;
  /** Only asked for where the call was understood. */
  readonly head: () => CallHead;
  /** A message with its prefix, of its JSON. @throws GatewayError `internal`. */
  readonly framed: (json: string) => Uint8Array;
  /** How the call is refused, where gRPC has a word of its own for it. */
  readonly refusedAs: () => GrpcStatus | undefined;
  /** What the answer has cost in nano-USD, once it is whole; `undefined`: the price is not known. */
  readonly cost: () => number | undefined;
  readonly onFault: (fault: unknown) => void;
}

const decoder = new TextDecoder();
const lateWarnings = ": x-sallyport-warnings: ";

/**
 * Tells a client of gRPC what the doors tell in HTTP: a whole answer in JSON becomes one message, an event a message of a
 * stream, headers metadata, an error a status, in trailers where messages went before. The last message waits for the
 * end, when its cost is known.
 */
export function aiReply(reply: Reply, call: AnsweredCall): Reply {
  let answer: AnswerWriter | undefined;
  let failed: GatewayError | undefined;
  let last: string | undefined;
  const trailing: string[] = [];

  const writerFor = (headers: readonly string[]): AnswerWriter =>
    call.flavour.answer(call.head(), {
      limits: ownLimits,
      headers: metadataOf(headers),
      isGuarded: () => false,
    });
  /** A message with its prefix; `undefined`: it cannot be written, which ends the answer as a failure. */
  const framed = (json: string): Uint8Array | undefined => {
    try {
      return call.framed(json);
    } catch (thrown) {
      failed = GatewayError.from(thrown);
      call.onFault(failed);
      return undefined;
    }
  };
  const priced = (json: string): string => {
    const cost = call.cost();
    return cost === undefined ? json : withCost(json, cost);
  };
  const refusal = (error: GatewayError, headers: readonly string[]): readonly Step[] => {
    const status = call.refusedAs();
    return status === undefined
      ? [call.flavour.refusal(error, metadataOf(headers))]
      : writerFor(headers).fail(status);
  };
  const whole = (headers: readonly string[], json: string): readonly Step[] => {
    const message = framed(priced(json));
    if (message === undefined) return refusal(failed ?? unreadable, headers);
    const writer = writerFor(headers);
    return [...writer.head(answerHead(call.head())), ...writer.data(message), ...writer.end(wentWell)];
  };
  /** What one event says; `undefined`: nothing that is sent now. */
  const heard = (event: string): Uint8Array | undefined => {
    if (event.startsWith(lateWarnings))
      trailing.push("x-sallyport-warnings", event.slice(lateWarnings.length));
    if (!event.startsWith(dataLine) || failed !== undefined) return undefined;
    const json = event.slice(dataLine.length);
    if (isLastPart(json)) last = json;
    else {
      failed = readAiError(json);
      return failed === undefined ? framed(json) : undefined;
    }
    return undefined;
  };
  const closing = (writer: AnswerWriter): readonly Step[] => {
    const message = last === undefined || failed !== undefined ? undefined : framed(priced(last));
    if (failed !== undefined) return writer.fail(statusOfError(failed));
    const cost = call.cost();
    if (cost !== undefined) trailing.push("x-sallyport-cost-nano-usd", String(cost));
    return [
      ...(message === undefined ? [] : writer.data(message)),
      ...writer.end([...wentWell, ...trailing]),
    ];
  };

  return {
    ...reply,
    whole: (status, headers, body) => {
      const text = typeof body === "string" ? body : decoder.decode(body);
      const steps = status < 300 ? whole(headers, text) : refusal(readAiError(text) ?? unreadable, headers);
      perform(reply, steps);
    },
    head: (_status, headers) => {
      answer = writerFor(headers);
      perform(reply, answer.head(answerHead(call.head())));
    },
    write: (chunk) => {
      const text = typeof chunk === "string" ? chunk : decoder.decode(chunk);
      const messages = text.split("\n\n").flatMap((event) => heard(event) ?? []);
      if (messages.length === 0 || answer === undefined) return true;
      const size = messages.reduce((sum, message) => sum + message.length, 0);
      return perform(reply, answer.data(joined(messages, size)));
    },
    end: () => {
      if (answer === undefined) reply.end();
      else perform(reply, closing(answer));
    },
    // Who has read a part of an answer is told that it is none: by its status, which a reset would not have.
    destroy: () => {
      if (answer === undefined || answer.status() !== undefined) reply.destroy();
      else perform(reply, answer.fail(statusOfError(unreadable)));
    },
    interim: () => undefined,
    trailers: () => undefined,
  };
}

const dataLine = "data: ";
const unreadable = new GatewayError("internal", "an answer of ai.v1 without words");

/** What HTTP alone has a use for. */
const ofHttp: ReadonlySet<string> = new Set([
  "content-type",
  "content-length",
  "cache-control",
  "x-accel-buffering",
  "allow",
]);

/** Headers of an answer as metadata. */
const metadataOf = (headers: readonly string[]): readonly string[] =>
  headers.filter((_, index) => !ofHttp.has((headers[index - (index % 2)] ?? "").toLowerCase()));
