import { createSseReader } from "../../framing/sse.ts";
import { writeComment, writeEvent } from "../../framing/sse-write.ts";

/** One answer of a subscription. Source: GraphQL over Server-Sent Events, "Distinct connections mode". */
export const writeNext = (result: string): string => writeEvent(result, "next");

/** The end of the operation; the stream ends after it. */
export const writeComplete = (): string => writeEvent("", "complete");

/** What is written where there is nothing to tell, so that nobody on the way takes the stream for dead. */
export const keepAliveEvent = writeComment("keep-alive");

export type SubscriptionEvent =
  | { readonly kind: "next"; readonly result: string }
  | { readonly kind: "complete" };

/** Reads such a stream of an upstream. */
export interface SubscriptionReader {
  /** Nothing after `complete`. @throws GatewayError `upstream_malformed_response` when an event is too large. */
  readonly push: (chunk: Uint8Array) => readonly SubscriptionEvent[];
  /** Whether the upstream has said that it has ended; a stream that ends before is broken. */
  readonly isComplete: () => boolean;
}

/** Events of other names, and comments, are skipped. */
export function createSubscriptionReader(
  options: { readonly frameBytesMax?: number } = {},
): SubscriptionReader {
  const reader = createSseReader(options);
  let isComplete = false;
  return {
    push(chunk) {
      const events: SubscriptionEvent[] = [];
      for (const { kind, event, data } of reader.push(chunk)) {
        if (kind !== "event" && event !== "complete") continue;
        if (isComplete) break;
        if (event === "next") events.push({ kind: "next", result: data });
        if (event === "complete") events.push({ kind: "complete" });
        isComplete = event === "complete";
      }
      return events;
    },
    isComplete: () => isComplete,
  };
}
