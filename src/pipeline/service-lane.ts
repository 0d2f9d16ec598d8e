import type { UpstreamFailure } from "../exchange/failure.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { InboundRequest } from "../ports/server.ts";
import type { TransportFailure, UpstreamExchange, UpstreamHead } from "../ports/transport.ts";
import type { Waiting } from "./caller.ts";
import { counted, flowTo } from "./counted-transport.ts";
import { failureError } from "./failure-error.ts";
import { type Passed, passService } from "./passing.ts";
import { failureOf } from "./read-answer.ts";
import { type Rewindable, rewindable } from "./rewind.ts";
import type { ServiceCall, ServiceLeave } from "./service-call.ts";
import { signedHeaders, wholeToSign } from "./sign-upstream.ts";
import { type Ending, openerOf, sinceArrival, type Trail } from "./trail.ts";

export interface ServicePorts<Snapshot> {
  readonly clock: Clock;
  /** Asks for a site and leave to ask there; `asked`: addresses that have been. Throws what a client is to be told. */
  readonly leaveFor: (asked: readonly string[]) => Promise<ServiceLeave>;
  /** Who is told when a drain has no more time. */
  readonly waiting: Waiting;
  /** Whether one more try is paid for. */
  readonly mayTryAgain: () => boolean;
  /** Headers of every answer. */
  readonly commonHeaders: (trail: Trail<Snapshot>) => string[];
  readonly settle: (trail: Trail<Snapshot>, ending: Ending) => void;
}

interface Parts<Snapshot> {
  readonly inbound: InboundRequest;
  readonly call: ServiceCall;
  readonly trail: Trail<Snapshot>;
  readonly ports: ServicePorts<Snapshot>;
}

/** So much of a body is held for one more try. Source: protocols specification, section 1. */
const heldBytesMax = 64 * 1024;
const triesMax = 2;

/**
 * Door 8 and 9 of ordinary services: there and back, neither body held. One more try is made where nothing has gone to the
 * client and the service cannot have acted on the first, or the request may be repeated.
 *
 * Resolves when the answer is on its way, or over.
 * @throws GatewayError while nothing has gone to the client.
 */
export async function relayService<Snapshot>(
  inbound: InboundRequest,
  call: ServiceCall,
  { trail, ports }: Pick<Parts<Snapshot>, "trail" | "ports">,
): Promise<void> {
  const parts: Parts<Snapshot> = { inbound, call, trail, ports };
  let body = bodyOf(parts);
  const asked: string[] = [];
  for (let tries = 1; ; tries += 1) {
    const leave = await ports.leaveFor(asked);
    if (trail.isSettled) {
      leave.leave.load.left();
      return;
    }
    trail.load = leave.leave.load;
    if (leave.site.sign !== undefined) body = await heldToSign(parts, { leave, body });
    const outcome = await tryOnce(parts, { leave, body });
    if (outcome === "passed") return;
    const { failure, fault, wasSent } = outcome;
    giveBack(leave, outcome);
    trail.load = undefined;
    if (fault !== undefined) throw fault;
    if (leave.address !== undefined) asked.push(leave.address);
    const mayRepeat = (!wasSent || call.isRepeatable) && isHeld(body);
    if (tries >= triesMax || !mayRepeat || !ports.mayTryAgain()) throw failureError(failure);
  }
}

/** What is wrong with a client's body, or ended here, says nothing of the service. */
function giveBack({ leave }: ServiceLeave, { failure, fault }: Failed): void {
  const owner = fault?.kind.owner;
  if (owner !== "client" && owner !== "gateway") {
    leave.failed(failure);
    leave.load.failed();
  }
  leave.load.left();
}

/** A signature covers the body: then it has to be whole before the first byte can go. */
async function heldToSign<Snapshot>(
  parts: Parts<Snapshot>,
  { leave, body }: { readonly leave: ServiceLeave; readonly body: Uint8Array | Rewindable | undefined },
): Promise<Uint8Array | undefined> {
  const { body: pieces, fault } = piecesOf(body, parts);
  if (pieces === undefined || pieces instanceof Uint8Array) return pieces;
  try {
    return await wholeToSign(pieces);
  } catch (thrown) {
    leave.leave.load.left();
    parts.trail.load = undefined;
    throw fault() ?? thrown;
  }
}

/** Whether it can be sent from its beginning once more. */
const isHeld = (body: Uint8Array | Rewindable | undefined): boolean =>
  body === undefined || body instanceof Uint8Array || body.canRewind();

interface Failed {
  readonly failure: UpstreamFailure;
  /** What it is to be told instead: of the client's own body, or that the gateway goes. */
  readonly fault: GatewayError | undefined;
  readonly wasSent: boolean;
}

function tryOnce<Snapshot>(
  parts: Parts<Snapshot>,
  { leave, body }: { readonly leave: ServiceLeave; readonly body: Uint8Array | Rewindable | undefined },
): Promise<"passed" | Failed> {
  const { inbound, call, trail, ports } = parts;
  const { target } = call;
  const { site } = leave;
  const startedAt = sinceArrival(trail, ports.clock.monotonic());
  const flow = flowTo(target, leave.address);
  trail.flows.push(flow);
  const pieces = piecesOf(body, parts);
  const path = call.pathAt(site);
  const headers = signedHeaders(site, {
    method: call.method,
    path,
    headers: call.headersAt(site),
    body: pieces.body instanceof Uint8Array ? pieces.body : undefined,
  });
  const { tls } = site;
  return new Promise((resolve) => {
    let exchange: UpstreamExchange | undefined;
    let current: Passed | undefined;
    const noted = (status: number | null, failure: UpstreamFailure | undefined): void => {
      trail.attempts.push({
        provider: target.provider,
        model: target.model,
        lane: "service",
        status,
        code: failure?.code ?? null,
        reason: failure?.message ?? "answered",
        startedAt: rounded(startedAt),
        tookMs: rounded(sinceArrival(trail, ports.clock.monotonic()) - startedAt),
        ...(leave.address === undefined ? {} : { endpoint: leave.address }),
      });
      trail.stages.record("attempt", failure ? "fail" : "answer", `\`${target.provider}\``);
    };
    const failed = (of: TransportFailure): void => {
      const failure = failureOf(of);
      noted(null, failure);
      over({ failure, fault: pieces.fault(), wasSent: of.wasSent });
    };
    /** The gateway goes, and the service has not answered, or not to the end. */
    const cut = (failure: UpstreamFailure): void => {
      exchange?.abort();
      const fault = failureError(failure);
      if (current !== undefined) return current.cut(fault);
      noted(null, failure);
      over({ failure, fault, wasSent: true });
    };
    const leaveWaiting = ports.waiting.join(cut, openerOf(trail));
    const over = (outcome: "passed" | Failed): void => {
      if (outcome !== "passed" || current === undefined) leaveWaiting();
      resolve(outcome);
    };
    exchange = counted(call.transport, flow).send(
      {
        permit: leave.permit,
        origin: site.origin,
        path,
        method: call.method,
        headers,
        body: pieces.body,
        ...(call.trailers === undefined ? {} : { trailers: call.trailers }),
        ...(inbound.expectsContinue && pieces.body !== undefined ? { expectsContinue: true } : {}),
        connectTimeout: target.connectTimeout,
        headTimeout: target.headTimeout,
        idleTimeout: target.idleTimeout,
        ...(tls === undefined ? {} : { tls }),
      },
      {
        interim: (head) => {
          if (head.status === 100) inbound.sendContinue();
          else if (trail.status === 0) passInterim(head, parts);
        },
        head: (head) => {
          let isNoted = false;
          try {
            if (head.status === 101 && call.switched !== undefined) {
              trail.onAnswer?.(101, head.list ?? [...head.headers].flat());
              call.switched(head, leave.leave);
              noted(101, undefined);
              return over("passed");
            }
            const answer = call.answer(head);
            noted(head.status, answer.failure);
            isNoted = true;
            current = passService(answer, {
              ...parts,
              leave: leave.leave,
              head,
              exchange: () => exchange,
              onOver: leaveWaiting,
            });
            over("passed");
          } catch (thrown) {
            exchange?.abort();
            const error = GatewayError.from(thrown);
            if (!isNoted) noted(null, malformed(error));
            over({ failure: malformed(error), fault: error, wasSent: true });
          }
        },
        data: (chunk) => current?.data(chunk),
        end: (trailers) => current?.end(trailers),
        failed: (failure) => (current === undefined ? failed(failure) : current.failed(failure)),
      },
    );
    const sent = exchange;
    inbound.reply.onGone(() => {
      sent.abort();
      if (current !== undefined) return;
      ports.settle(trail, { outcome: "aborted" });
      over("passed");
    });
  });
}

/** An interim answer that cannot be passed on is left out: the final one tells. */
function passInterim<Snapshot>(
  { status, list = [] }: UpstreamHead,
  { inbound, call }: Parts<Snapshot>,
): void {
  let headers: readonly string[];
  try {
    headers = call.interim(list);
  } catch {
    return;
  }
  inbound.reply.interim(status, headers);
}

const malformed = ({ code, status, detail }: GatewayError): UpstreamFailure => ({
  code,
  status,
  message: detail,
});

const rounded = (span: number): number => Math.round(span * 1000) / 1000;

/** The client's body, or what stands in its place. */
function bodyOf<Snapshot>({ inbound, call, trail }: Parts<Snapshot>): Uint8Array | Rewindable | undefined {
  if (call.body !== undefined) {
    trail.bytesIn = call.bodyBytesIn ?? call.body.byteLength;
    return call.body;
  }
  const isPassed = call.change === undefined && call.trailers === undefined;
  const arrived = isPassed ? inbound.arrivedBody?.(call.bodyBytesMax) : undefined;
  if (arrived !== undefined) {
    trail.bytesIn = arrived.byteLength;
    return arrived;
  }
  const pieces = inbound.streamBody(call.bodyBytesMax, { holdsContinue: true });
  return pieces === undefined ? undefined : rewindable(pieces, heldBytesMax);
}

/** Counts what passes, and keeps the fault that ends it: the transport would tell only that the body broke off. */
function piecesOf<Snapshot>(
  body: Uint8Array | Rewindable | undefined,
  { inbound, call, trail }: Parts<Snapshot>,
): {
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | undefined;
  readonly fault: () => GatewayError | undefined;
} {
  let fault: GatewayError | undefined;
  if (body === undefined || body instanceof Uint8Array) return { body, fault: () => undefined };
  const read = async function* (): AsyncGenerator<Uint8Array, void> {
    inbound.sendContinue();
    trail.bytesIn = 0;
    try {
      for await (const piece of body.pieces()) {
        trail.bytesIn += piece.byteLength;
        yield piece;
      }
    } catch (thrown) {
      fault = GatewayError.from(thrown);
      throw thrown;
    }
  };
  return { body: call.change?.(read()) ?? read(), fault: () => fault };
}
