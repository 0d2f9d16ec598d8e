import type { Tapped } from "../exchange/codec.ts";
import type { Permit } from "../exchange/permit.ts";
import type { Candidate, Target } from "../exchange/target.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { InboundRequest } from "../ports/server.ts";
import type {
  Transport,
  TransportFailure,
  UpstreamExchange,
  UpstreamHead,
  UpstreamListener,
} from "../ports/transport.ts";
import { targetHeaders } from "./answer-headers.ts";
import type { Waiting } from "./caller.ts";
import { failureError } from "./failure-error.ts";
import { joined, wholeOf } from "./joined.ts";
import { maskCredential } from "./mask.ts";
import type { Place } from "./places.ts";
import { rawAnswerHeaders, rawRequestHeaders } from "./raw-headers.ts";
import { type RawLeave, rawFailure } from "./raw-leave.ts";
import { failureOf } from "./read-answer.ts";
import { type Ending, sinceArrival, type Trail } from "./trail.ts";

/** What the raw lane sends, and to whom. */
export interface RawCall {
  readonly permit: Permit;
  readonly target: Target;
  readonly endpoint: Candidate["endpoint"];
  /** Path and query at the provider. */
  readonly path: string;
  /** Which of the provider's addresses that is; absent: it has one. */
  readonly place?: Place | undefined;
  /** Reads what the answer tells of its usage; `undefined` where nobody knows how. */
  readonly tap: (head: UpstreamHead) => RawTap | undefined;
  /** Whether a model is asked, as far as the path tells. */
  readonly isForWords: boolean;
}

/** Reads an answer that passes. Neither of its functions throws. */
export interface RawTap {
  readonly push: (chunk: Uint8Array) => void;
  /** What was read, once the answer is over; `undefined`: nothing of use. */
  readonly end: () => Tapped | undefined;
}

/** What the raw lane needs from the world. */
export interface RawPorts<Snapshot> {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly bodyBytesMax: number;
  /** Who is told when a drain has no more time. */
  readonly waiting: Waiting;
  /** Headers of every answer: request id, generation. */
  readonly commonHeaders: (trail: Trail<Snapshot>) => string[];
  /** The target once the answer has named its model: prices go by it. */
  readonly targetOf: (model: string) => Target;
  readonly settle: (trail: Trail<Snapshot>, ending: Ending) => void;
  readonly onTried: (
    candidate: Candidate,
    failure: { readonly code: string; readonly status: number | null } | undefined,
  ) => void;
}

const errorBytesMax = 256 * 1024;

/**
 * Sends a request to its provider as it came, with the provider's credential in the place of the client's, and the
 * answer back as it comes; neither is held whole. Nothing is tried twice.
 *
 * Resolves when the answer is on its way, or over.
 * @throws GatewayError of the upstream (`upstream_…`) or of the client's body, while nothing has gone to the client.
 */
export async function relayRaw<Snapshot>(
  inbound: InboundRequest,
  call: RawCall,
  {
    trail,
    leave,
    ports,
  }: { readonly trail: Trail<Snapshot>; readonly leave: RawLeave; readonly ports: RawPorts<Snapshot> },
): Promise<void> {
  const { reply } = inbound;
  const { target, endpoint } = call;
  const candidate: Candidate = { target, endpoint, lane: "raw" };
  const startedAt = sinceArrival(trail, ports.clock.monotonic());
  trail.candidate = candidate;
  let bodyFault: GatewayError | undefined;
  const pieces = watched(inbound.streamBody(ports.bodyBytesMax), {
    took: (size) => {
      trail.bytesIn += size;
    },
    failed: (fault) => {
      bodyFault = fault;
    },
  });
  // A signature covers the body: then it has to be whole before the first byte can go.
  const body = endpoint.sign === undefined ? pieces : await wholeOf(pieces);
  const headers = rawRequestHeaders(inbound.rawHeaders, endpoint.headers);
  const signed = endpoint.sign?.({
    method: inbound.method,
    origin: endpoint.origin,
    path: call.path,
    headers,
    body: body instanceof Uint8Array ? body : "",
  });
  return new Promise((resolve, reject) => {
    let exchange: UpstreamExchange | undefined;
    let current: Omit<UpstreamListener, "head"> | undefined;
    const noted = (status: number | null, failure?: TransportFailure): void => {
      const refusal = failure ?? rejectedBy(status);
      // What a client asks for there is its own affair: a refusal of it says nothing against its target.
      const fault = refusal?.code === "upstream_rejected" ? undefined : refusal;
      trail.attempts.push({
        provider: target.provider,
        model: target.model,
        lane: "raw",
        status,
        code: refusal?.code ?? null,
        reason: refusal?.detail ?? "answered",
        startedAt: rounded(startedAt),
        tookMs: rounded(sinceArrival(trail, ports.clock.monotonic()) - startedAt),
        ...servedBy(call.place),
      });
      if (bodyFault === undefined) ports.onTried(candidate, fault && { code: fault.code, status });
      trail.stages.record("attempt", fault ? "fail" : "answer", `\`${target.provider}\`, raw lane`);
    };
    const fail = (failure: TransportFailure): void => {
      leaveWaiting();
      noted(null, failure);
      if (bodyFault === undefined) leave.failed(failureOf(failure));
      reject(bodyFault ?? new GatewayError(failure.code, failure.detail));
    };
    const leaveWaiting = ports.waiting.join((failure) => {
      exchange?.abort();
      reject(failureError(failure));
    });
    exchange = ports.transport.send(
      {
        permit: call.permit,
        origin: endpoint.origin,
        path: call.path,
        method: inbound.method,
        headers: [...headers, ...(signed ?? [])],
        body,
        headTimeout: target.headTimeout,
        idleTimeout: target.idleTimeout,
      },
      {
        head: (head) => {
          leaveWaiting();
          noted(head.status);
          try {
            current = passAnswer({ head, call, trail, leave, reply, ports, exchange: () => exchange });
            resolve();
          } catch (thrown) {
            exchange?.abort();
            reject(GatewayError.from(thrown));
          }
        },
        data: (chunk) => current?.data(chunk),
        end: () => current?.end(),
        failed: (failure) => (current === undefined ? fail(failure) : current.failed(failure)),
      },
    );
    const sent = exchange;
    reply.onGone(() => {
      sent.abort();
      leaveWaiting();
      if (current !== undefined) return;
      resolve();
      ports.settle(trail, { outcome: "aborted" });
    });
  });
}

const servedBy = (place: Place | undefined): { readonly endpoint?: string } =>
  place === undefined ? {} : { endpoint: place.address };

/** Counts what passes, and keeps the fault that ends it: the transport would tell only that the body broke off. */
function watched(
  body: AsyncIterable<Uint8Array> | undefined,
  on: { readonly took: (size: number) => void; readonly failed: (fault: GatewayError) => void },
): AsyncIterable<Uint8Array> | undefined {
  if (body === undefined) return undefined;
  const pieces = async function* (): AsyncGenerator<Uint8Array, void> {
    try {
      for await (const piece of body) {
        on.took(piece.byteLength);
        yield piece;
      }
    } catch (thrown) {
      on.failed(GatewayError.from(thrown));
      throw thrown;
    }
  };
  return pieces();
}

function rejected(status: number): GatewayError {
  const code = status >= 500 ? "upstream_failed" : "upstream_rejected";
  return new GatewayError(code, `status ${status}`, { status });
}

const rejectedBy = (status: number | null): GatewayError | undefined =>
  status !== null && status >= 400 ? rejected(status) : undefined;

const rounded = (span: number): number => Math.round(span * 1000) / 1000;

interface Passing<Snapshot> {
  readonly head: UpstreamHead;
  readonly call: RawCall;
  readonly trail: Trail<Snapshot>;
  readonly leave: RawLeave;
  readonly reply: InboundRequest["reply"];
  readonly ports: RawPorts<Snapshot>;
  readonly exchange: () => UpstreamExchange | undefined;
}

/** Where the pieces of an answer go: an error is held to mask the credential in it, everything else passes at once. */
function passAnswer<Snapshot>(passing: Passing<Snapshot>): Omit<UpstreamListener, "head"> {
  const { head, call, trail, leave, reply, ports } = passing;
  const tap = head.status < 300 ? call.tap(head) : undefined;
  const isError = head.status >= 400;
  const told = rawAnswerHeaders(head, isError);
  // A policy may refuse it, before anything is told.
  const down = trail.onAnswer?.(head.status, told) ?? told;
  const held: Uint8Array[] = [];
  let isPaused = false;
  let ending: Ending = { outcome: "aborted" };
  trail.status = head.status;
  trail.firstByteMs = sinceArrival(trail, ports.clock.monotonic());
  const settled = (how: Ending): void => {
    const tapped = tap?.end();
    if (tapped?.model !== undefined)
      trail.candidate = { target: ports.targetOf(tapped.model), endpoint: call.endpoint, lane: "raw" };
    trail.answerModel = tapped?.model;
    trail.usage = tapped?.usage;
    trail.finish = tapped?.finish;
    if (tapped?.usage === undefined && head.status < 300 && trail.method === "POST")
      trail.warnings.push({ kind: "unmetered", subject: trail.target, note: "its usage cannot be read" });
    ports.settle(trail, how);
  };
  reply.onSent(() => settled(ending));
  reply.onGone(() => {
    passing.exchange()?.abort();
    settled({ outcome: "aborted" });
  });
  trail.stages.record("encode", "relay", "as it comes from the provider");
  const headers = [...ports.commonHeaders(trail), ...targetHeaders(trail), ...down];
  if (!isError) {
    leave.answered(head);
    trail.onBroken = leave.broke;
    reply.head(head.status, headers);
  }
  const write = (chunk: Uint8Array): void => {
    trail.bytesOut += chunk.byteLength;
    if (reply.write(chunk) || isPaused) return;
    isPaused = true;
    passing.exchange()?.pause();
    reply.onDrain(() => {
      isPaused = false;
      passing.exchange()?.resume();
    });
  };
  const broken = (error: GatewayError): void => {
    ending = { outcome: "failed", error };
    passing.exchange()?.abort();
    // Nothing that was cut may look whole.
    reply.destroy();
    settled(ending);
  };
  let size = 0;
  return {
    data: (chunk) => {
      if (!isError) {
        tap?.push(chunk);
        write(chunk);
        return;
      }
      held.push(chunk.subarray(0, Math.max(0, errorBytesMax - size)));
      size += chunk.byteLength;
    },
    end: () => {
      if (!isError) {
        ending = { outcome: "completed" };
        reply.end();
        return;
      }
      ending = { outcome: "failed", error: rejected(head.status) };
      const body = maskCredential(joined(held, Math.min(size, errorBytesMax)), call.endpoint.credential);
      trail.bytesOut = body.byteLength;
      const failure = rawFailure(call, head, body);
      if (failure !== undefined) leave.failed(failure);
      reply.whole(head.status, headers, body);
    },
    failed: ({ code, detail }) => broken(new GatewayError(code, detail)),
  };
}
