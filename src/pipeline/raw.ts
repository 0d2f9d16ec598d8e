import type { Candidate } from "../exchange/target.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { InboundRequest } from "../ports/server.ts";
import type { TransportFailure, UpstreamExchange } from "../ports/transport.ts";
import { headersWith } from "./edited-headers.ts";
import { failureError } from "./failure-error.ts";
import { wholeOf } from "./joined.ts";
import type { Place } from "./places.ts";
import { type PassedAnswer, passAnswer, rejectedBy } from "./raw-answer.ts";
import type { RawCall, RawPorts } from "./raw-call.ts";
import { rawRequestHeaders } from "./raw-headers.ts";
import type { RawLeave } from "./raw-leave.ts";
import { failureOf } from "./read-answer.ts";
import { openerOf, sinceArrival, type Trail } from "./trail.ts";

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
  const headers = rawRequestHeaders(headersWith(inbound.rawHeaders, trail.edits.headers), endpoint.headers);
  const signed = endpoint.sign?.({
    method: inbound.method,
    origin: endpoint.origin,
    path: call.path,
    headers,
    body: body instanceof Uint8Array ? body : "",
  });
  return new Promise((resolve, reject) => {
    let exchange: UpstreamExchange | undefined;
    let current: PassedAnswer | undefined;
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
      if (current !== undefined) return current.cut(failureError(failure));
      exchange?.abort();
      reject(failureError(failure));
    }, openerOf(trail));
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
          noted(head.status);
          try {
            current = passAnswer({
              ...{ head, call, trail, leave, reply, ports },
              exchange: () => exchange,
              onOver: leaveWaiting,
            });
            resolve();
          } catch (thrown) {
            leaveWaiting();
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

const rounded = (span: number): number => Math.round(span * 1000) / 1000;
