import type { UpstreamFailure } from "../exchange/failure.ts";
import type { ServiceTarget } from "../exchange/service-target.ts";
import type { Site } from "../exchange/target.ts";
import { GatewayError } from "../kernel/errors.ts";
import { counted, flowTo } from "../pipeline/counted-transport.ts";
import { failureError } from "../pipeline/failure-error.ts";
import { joined } from "../pipeline/joined.ts";
import { failureOf } from "../pipeline/read-answer.ts";
import type { ServiceLeave } from "../pipeline/service-call.ts";
import { sinceArrival, type Trail } from "../pipeline/trail.ts";
import type { Clock } from "../ports/clock.ts";
import type { Transport, UpstreamExchange, UpstreamHead } from "../ports/transport.ts";
import { statusFailure } from "./rest-call.ts";

/** One POST of GraphQL. */
export interface GraphqlPost {
  readonly target: ServiceTarget;
  readonly pathAt: (site: Site) => string;
  readonly headersAt: (site: Site, bodyBytes: number) => readonly string[];
  readonly body: string;
}

export interface AskPorts {
  readonly clock: Clock;
  readonly trail: Trail<unknown>;
  readonly transportTo: (target: ServiceTarget) => Transport;
  /** Throws what a client is to be told. */
  readonly leaveFor: (target: ServiceTarget) => Promise<ServiceLeave>;
  readonly signal: AbortSignal;
}

/** An answer that has begun; who takes its pieces no further must end the iteration. */
export interface OpenAnswer {
  readonly head: UpstreamHead;
  readonly failure: UpstreamFailure | undefined;
  /** @throws GatewayError when it breaks off. */
  readonly pieces: AsyncGenerator<Uint8Array, void>;
}

/** Longest answer that is held. Source: protocols specification, section 4. */
const answerBytesMax = 8 * 1024 * 1024;
const waitingMax = 64;

/**
 * Sends one operation to a service, with leave of its breaker, slots and bounds, and tells them what became of it.
 * @throws GatewayError
 */
export async function openAnswer(post: GraphqlPost, ports: AskPorts): Promise<OpenAnswer> {
  const { target } = post;
  const { clock, trail, signal } = ports;
  if (signal.aborted) throw new GatewayError("client_closed", "nobody waits for it");
  const leave = await ports.leaveFor(target);
  const startedAt = sinceArrival(trail, clock.monotonic());
  const flow = flowTo(target, leave.address);
  trail.flows.push(flow);
  const noted = (status: number | null, failure: UpstreamFailure | undefined): void => {
    trail.attempts.push({
      provider: target.provider,
      model: target.model,
      lane: "service",
      status,
      code: failure?.code ?? null,
      reason: failure?.message ?? "answered",
      startedAt: rounded(startedAt),
      tookMs: rounded(sinceArrival(trail, clock.monotonic()) - startedAt),
      ...(leave.address === undefined ? {} : { endpoint: leave.address }),
    });
  };
  const body = new TextEncoder().encode(post.body);
  const { site } = leave;
  const { promise, resolve, reject } = Promise.withResolvers<OpenAnswer>();
  const queue = createQueue();
  let isOver = false;
  const end = (how: "answered" | "failed" | "left"): void => {
    if (isOver) return;
    isOver = true;
    if (how === "answered") leave.leave.load.answered(undefined);
    if (how === "failed") leave.leave.load.failed();
    leave.leave.load.left();
    signal.removeEventListener("abort", gone);
  };
  let exchange: UpstreamExchange | undefined;
  const gone = (): void => {
    exchange?.abort();
    end("left");
    const { reason } = signal;
    const error =
      reason instanceof GatewayError ? reason : new GatewayError("client_closed", "the client went");
    reject(error);
    queue.fail(error);
  };
  let hasHead = false;
  exchange = counted(ports.transportTo(target), flow).send(
    {
      permit: leave.permit,
      origin: site.origin,
      path: post.pathAt(site),
      method: "POST",
      headers: post.headersAt(site, body.byteLength),
      body,
      connectTimeout: target.connectTimeout,
      headTimeout: target.headTimeout,
      idleTimeout: target.idleTimeout,
      ...(site.tls === undefined ? {} : { tls: site.tls }),
    },
    {
      head: (head) => {
        hasHead = true;
        const failure = statusFailure(head);
        noted(head.status, failure);
        if (failure === undefined) leave.leave.answered(head);
        else leave.leave.failed(failure);
        resolve({
          head,
          failure,
          pieces: queue.read(() => {
            if (isOver) return;
            exchange?.abort();
            end("left");
          }),
        });
      },
      data: (chunk) => {
        if (queue.push(chunk, () => exchange?.resume())) exchange?.pause();
      },
      end: () => {
        end("answered");
        queue.end();
      },
      failed: (of) => {
        const failure = failureOf(of);
        if (hasHead) leave.leave.broke();
        else {
          noted(null, failure);
          leave.leave.failed(failure);
        }
        end("failed");
        const error = failureError(failure);
        reject(error);
        queue.fail(error);
      },
    },
  );
  signal.addEventListener("abort", gone);
  return promise;
}

const rounded = (span: number): number => Math.round(span * 1000) / 1000;

/** The text of an answer, held whole. @throws GatewayError */
export async function readWhole({ head, failure, pieces }: OpenAnswer): Promise<string> {
  const encoding = head.headers.get("content-encoding") ?? "identity";
  const held: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    size += piece.byteLength;
    if (size > answerBytesMax)
      throw new GatewayError("upstream_malformed_response", "larger than is held", { reason: "too_large" });
    held.push(piece);
  }
  const type = head.headers.get("content-type") ?? "";
  const isJson = /^application\/(?:[\w.-]+\+)?json\b/i.test(type);
  if (failure !== undefined && !isJson) throw failureError(failure);
  if (!isJson || encoding !== "identity")
    throw new GatewayError(
      "upstream_malformed_response",
      `status ${head.status}, ${type || "no type"}, ${encoding}`,
    );
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(joined(held, size));
  } catch {
    throw new GatewayError("upstream_malformed_response", "it is not UTF-8");
  }
}

/** Pieces between who gets them and who takes them. */
function createQueue() {
  const waiting: Uint8Array[] = [];
  let fault: GatewayError | undefined;
  let isEnded = false;
  let wake: (() => void) | undefined;
  let resume: (() => void) | undefined;
  const rouse = (): void => {
    wake?.();
    wake = undefined;
  };
  async function* read(left: () => void): AsyncGenerator<Uint8Array, void> {
    try {
      for (;;) {
        const piece = waiting.shift();
        if (piece !== undefined) {
          yield piece;
          continue;
        }
        if (fault !== undefined) throw fault;
        if (isEnded) return;
        resume?.();
        resume = undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      left();
    }
  }
  return {
    /** Whether it is full; `empty` is called when it is not any more. */
    push: (piece: Uint8Array, empty: () => void): boolean => {
      waiting.push(piece);
      rouse();
      if (waiting.length < waitingMax) return false;
      resume = empty;
      return true;
    },
    end: (): void => {
      isEnded = true;
      rouse();
    },
    fail: (error: GatewayError): void => {
      fault = error;
      rouse();
    },
    read,
  };
}
