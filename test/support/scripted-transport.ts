import type {
  Transport,
  TransportFailure,
  UpstreamExchange,
  UpstreamListener,
  UpstreamRequest,
} from "../../src/ports/transport.ts";

/** What a scripted upstream does, in order. */
export type Step =
  | { readonly kind: "head"; readonly status: number; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: "data"; readonly bytes: Uint8Array }
  | { readonly kind: "end" }
  | { readonly kind: "failed"; readonly failure: TransportFailure };

/** One request that was sent, and its script, played step by step by the test. */
export interface Played {
  readonly request: UpstreamRequest;
  /** Plays the next step; `false` when there is none or the exchange is over. */
  readonly step: () => boolean;
  readonly isAborted: () => boolean;
}

/** A transport whose upstream does what a script says, when the test says so: every interleaving can be reached. */
export interface ScriptedTransport extends Transport {
  readonly sent: readonly Played[];
}

export function scriptedTransport(
  scriptOf: (request: UpstreamRequest, ordinal: number) => readonly Step[],
): ScriptedTransport {
  const sent: Played[] = [];
  return {
    sent,
    send: (request, listener) => {
      const played = play(request, listener, scriptOf(request, sent.length));
      sent.push(played.played);
      return played.exchange;
    },
    close: () => Promise.resolve(),
  };
}

function play(
  request: UpstreamRequest,
  listener: UpstreamListener,
  script: readonly Step[],
): { readonly played: Played; readonly exchange: UpstreamExchange } {
  let next = 0;
  let isAborted = false;
  const step = (): boolean => {
    const current = script[next];
    if (current === undefined || isAborted) return false;
    next += 1;
    switch (current.kind) {
      case "head":
        listener.head({ status: current.status, headers: new Map(Object.entries(current.headers)) });
        break;
      case "data":
        listener.data(current.bytes);
        break;
      case "end":
        listener.end();
        break;
      case "failed":
        listener.failed(current.failure);
        break;
    }
    return true;
  };
  return {
    played: { request, step, isAborted: () => isAborted },
    exchange: {
      pause: () => undefined,
      resume: () => undefined,
      abort: () => {
        isAborted = true;
      },
    },
  };
}
