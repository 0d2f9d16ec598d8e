import type { UpstreamFailure } from "../exchange/failure.ts";
import type { ServiceTarget } from "../exchange/service-target.ts";
import type { Site } from "../exchange/target.ts";
import { GatewayError } from "../kernel/errors.ts";
import { counted } from "../pipeline/counted-transport.ts";
import { failureError } from "../pipeline/failure-error.ts";
import { joined } from "../pipeline/joined.ts";
import { failureOf } from "../pipeline/read-answer.ts";
import type { UpstreamExchange, UpstreamHead } from "../ports/transport.ts";
import { type AskPorts, askGuarded, gone } from "./graphql-leave.ts";
import { createQueue } from "./piece-queue.ts";
import { statusFailure } from "./rest-call.ts";

/** One POST of GraphQL. */
export interface GraphqlPost {
  readonly target: ServiceTarget;
  readonly pathAt: (site: Site) => string;
  /** `bodyBytes`: absent where none is sent. */
  readonly headersAt: (site: Site, bodyBytes?: number) => readonly string[];
  readonly body: string;
  /** Of a subscription, whose answer may last. */
  readonly isStream: boolean;
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

/**
 * Sends one operation to a service, with leave of its breaker, slots and bounds, and tells them what became of it.
 * @throws GatewayError
 */
export async function openAnswer(post: GraphqlPost, ports: AskPorts): Promise<OpenAnswer> {
  const { target } = post;
  const { signal } = ports;
  const ask = await askGuarded(post, ports);
  const { site, permit } = ask;
  const body = new TextEncoder().encode(post.body);
  const { promise, resolve, reject } = Promise.withResolvers<OpenAnswer>();
  const queue = createQueue<Uint8Array>();
  let exchange: UpstreamExchange | undefined;
  const giveUp = (): void => {
    signal.removeEventListener("abort", leave);
    exchange?.abort();
    ask.left();
  };
  const leave = (): void => {
    giveUp();
    const error = signal.reason instanceof GatewayError ? signal.reason : gone();
    reject(error);
    queue.fail(error);
  };
  exchange = counted(ports.transportTo(target), ask.flow).send(
    {
      permit,
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
        const failure = statusFailure(head);
        ask.answered(head, failure);
        resolve({ head, failure, pieces: queue.read(giveUp) });
      },
      data: (chunk) => {
        if (queue.push(chunk, () => exchange?.resume())) exchange?.pause();
      },
      end: () => {
        signal.removeEventListener("abort", leave);
        ask.ended();
        queue.end();
      },
      failed: (of) => {
        signal.removeEventListener("abort", leave);
        const failure = failureOf(of);
        ask.failed(failure);
        const error = failureError(failure);
        reject(error);
        queue.fail(error);
      },
    },
  );
  signal.addEventListener("abort", leave);
  return promise;
}

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
