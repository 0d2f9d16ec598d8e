import { GatewayError } from "../kernel/errors.ts";
import type { InboundRequest } from "../ports/server.ts";
import type { UpstreamExchange, UpstreamHead, UpstreamListener } from "../ports/transport.ts";
import { targetHeaders } from "./answer-headers.ts";
import { joined } from "./joined.ts";
import { maskCredential } from "./mask.ts";
import type { RawCall, RawPorts } from "./raw-call.ts";
import { rawAnswerHeaders } from "./raw-headers.ts";
import { type RawLeave, rawFailure } from "./raw-leave.ts";
import { type Ending, sinceArrival, type Trail } from "./trail.ts";

const errorBytesMax = 256 * 1024;

function rejected(status: number): GatewayError {
  const code = status >= 500 ? "upstream_failed" : "upstream_rejected";
  return new GatewayError(code, `status ${status}`, { status });
}

/** What a status says against a call; `undefined`: nothing. */
export const rejectedBy = (status: number | null): GatewayError | undefined =>
  status !== null && status >= 400 ? rejected(status) : undefined;

/** An answer, and what it passes through. */
export interface Passing<Snapshot> {
  readonly head: UpstreamHead;
  readonly call: RawCall;
  readonly trail: Trail<Snapshot>;
  readonly leave: RawLeave;
  readonly reply: InboundRequest["reply"];
  readonly ports: RawPorts<Snapshot>;
  readonly exchange: () => UpstreamExchange | undefined;
  /** Nobody has to end it any more. */
  readonly onOver: () => void;
}

/** An answer on its way to its client. */
export interface PassedAnswer extends Omit<UpstreamListener, "head"> {
  /** Ends it, as what was cut. */
  readonly cut: (error: GatewayError) => void;
}

/** Where the pieces of an answer go: an error is held to mask the credential in it, everything else passes at once. */
export function passAnswer<Snapshot>(passing: Passing<Snapshot>): PassedAnswer {
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
    passing.onOver();
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
    cut: broken,
  };
}
