import { Permit } from "../../src/exchange/permit.ts";
import { milliseconds } from "../../src/kernel/units.ts";
import type {
  Transport,
  TransportFailure,
  UpstreamExchange,
  UpstreamHead,
  UpstreamListener,
  UpstreamRequest,
} from "../../src/ports/transport.ts";

/** What a listener was told of one answer. */
export interface HeardAnswer {
  readonly exchange: UpstreamExchange;
  /** In order: `103`, `head 200`, `data`, `end`, `failed <code>`. */
  readonly told: readonly string[];
  readonly interims: readonly UpstreamHead[];
  readonly head: () => UpstreamHead | undefined;
  readonly trailers: () => readonly string[] | undefined;
  readonly failure: () => TransportFailure | undefined;
  readonly body: () => Buffer;
  /** The head or the failure, whichever came first. */
  readonly begun: Promise<unknown>;
  /** The first piece of the body. */
  readonly first: Promise<void>;
  /** How it ended: the last word of `told`. */
  readonly over: Promise<string>;
}

/** Sends a request and keeps what comes back. */
export function hear(
  transport: Transport,
  request: Partial<UpstreamRequest> & Pick<UpstreamRequest, "origin">,
): HeardAnswer {
  const recorder = record();
  const exchange = transport.send(requestOf(request), recorder.listener);
  return { ...recorder, exchange };
}

/** A POST that waits five seconds, with changes. */
export const requestOf = (
  change: Partial<UpstreamRequest> & Pick<UpstreamRequest, "origin">,
): UpstreamRequest => ({
  permit: new Permit(change.origin),
  path: "/v1/x",
  method: "POST",
  headers: [],
  body: "{}",
  headTimeout: milliseconds(5000),
  idleTimeout: milliseconds(5000),
  ...change,
});

/** A listener that writes down what it is told. */
export function record(): Omit<HeardAnswer, "exchange"> & { readonly listener: UpstreamListener } {
  const told: string[] = [];
  const interims: UpstreamHead[] = [];
  const pieces: Uint8Array[] = [];
  let head: UpstreamHead | undefined;
  let trailers: readonly string[] | undefined;
  let failure: TransportFailure | undefined;
  const begun = Promise.withResolvers<unknown>();
  const first = Promise.withResolvers<void>();
  const over = Promise.withResolvers<string>();
  const end = (word: string): void => {
    told.push(word);
    begun.resolve(word);
    over.resolve(word);
  };
  return {
    told,
    interims,
    head: () => head,
    trailers: () => trailers,
    failure: () => failure,
    body: () => Buffer.concat(pieces),
    begun: begun.promise,
    first: first.promise,
    over: over.promise,
    listener: {
      interim: (heard) => {
        told.push(String(heard.status));
        interims.push(heard);
      },
      head: (heard) => {
        head = heard;
        told.push(`head ${heard.status}`);
        begun.resolve(heard);
      },
      data: (chunk) => {
        if (told.at(-1) !== "data") told.push("data");
        pieces.push(chunk);
        first.resolve();
      },
      end: (heard) => {
        trailers = heard;
        end("end");
      },
      failed: (heard) => {
        failure = heard;
        end(`failed ${heard.code}${heard.wasSent ? "" : ", not sent"}`);
      },
    },
  };
}

/** A body whose pieces are pushed by a test. */
export function pushedBody(): {
  readonly body: AsyncIterable<Uint8Array>;
  readonly push: (piece: Uint8Array | string) => void;
  readonly end: () => void;
  readonly fail: (error: Error) => void;
  /** Resolves once nobody wants more. */
  readonly returned: Promise<void>;
} {
  type Result = IteratorResult<Uint8Array>;
  const ready: Promise<Result>[] = [];
  const waiting: PromiseWithResolvers<Result>[] = [];
  const returned = Promise.withResolvers<void>();
  const offer = (settle: (slot: PromiseWithResolvers<Result>) => void): void => {
    const asked = waiting.shift();
    const slot = asked ?? Promise.withResolvers<Result>();
    slot.promise.catch(() => undefined);
    if (asked === undefined) ready.push(slot.promise);
    settle(slot);
  };
  return {
    body: {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          const queued = ready.shift();
          if (queued !== undefined) return queued;
          const slot = Promise.withResolvers<Result>();
          waiting.push(slot);
          return slot.promise;
        },
        return: () => {
          returned.resolve();
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    },
    push: (piece) => offer((slot) => slot.resolve({ done: false, value: Buffer.from(piece) })),
    end: () => offer((slot) => slot.resolve({ done: true, value: undefined })),
    fail: (error) => offer((slot) => slot.reject(error)),
    returned: returned.promise,
  };
}
