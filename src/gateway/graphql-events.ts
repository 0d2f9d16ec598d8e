import { GatewayError } from "../kernel/errors.ts";
import { relayResults } from "../pipeline/relay-results.ts";
import { sinceArrival } from "../pipeline/trail.ts";
import {
  encodeRefusal,
  type GraphqlResponse,
  keepAliveEvent,
  writeComplete,
  writeNext,
} from "../protocols/graphql/index.ts";
import type { GraphqlDoorPorts, GraphqlServing } from "./graphql-serving.ts";
import { addressOf, askerOf } from "./socket-door.ts";
import type { SocketSeat } from "./sockets.ts";

/** What is answered by events. */
interface Results {
  readonly results: AsyncIterable<GraphqlResponse>;
  /** Ends what they are made of. */
  readonly giveUp: () => void;
  /** A subscription: as long as its client stays, it is one of those that may be open. */
  readonly lasts: boolean;
}

const heads = [
  "content-type",
  "text/event-stream; charset=utf-8",
  "cache-control",
  "no-store",
  "x-accel-buffering",
  "no",
  "vary",
  "accept",
] as const;

/**
 * Answers by events, each written whole when it comes and no faster than the client reads.
 * @throws GatewayError `rate_limited` while nothing has gone to the client.
 * Source: GraphQL over Server-Sent Events, "Distinct connections mode".
 */
export async function answerEvents(
  serving: GraphqlServing,
  ports: GraphqlDoorPorts,
  { results, giveUp, lasts }: Results,
): Promise<void> {
  const { trail } = serving;
  const { reply } = serving.inbound;
  const { clock, relays } = ports;
  const headers = [...ports.commonHeaders(trail), ...heads];
  const down = trail.onAnswer?.(200, headers) ?? headers;
  const seat = lasts ? takeSeat(serving, ports) : undefined;
  const relay = relayResults(results, {
    words: {
      result: ({ text }) => writeNext(text),
      fault: (error) => writeNext(encodeRefusal(error, trail.id).body),
      complete: writeComplete(),
      keepAlive: keepAliveEvent,
    },
    reply,
    trail,
    clock,
    relays,
    giveUp,
    onEnd: (ending) => ports.settle(trail, ending),
  });
  trail.status = 200;
  trail.firstByteMs = sinceArrival(trail, clock.monotonic());
  trail.stages.record("encode", "stream", "events of GraphQL");
  reply.head(200, down);
  seat?.opened({
    stop: (why) => relay.stop(why === "revoked" ? revoked() : undefined),
    counts: () => ({
      bytesUp: trail.bytesIn,
      bytesDown: trail.bytesOut,
      messagesUp: null,
      messagesDown: trail.events,
      costNanoUsd: null,
    }),
  });
  try {
    await relay.run();
  } finally {
    seat?.left();
  }
}

function takeSeat(
  { identified, inbound, trail }: GraphqlServing,
  { sockets }: GraphqlDoorPorts,
): SocketSeat | undefined {
  const { id, rule } = identified.route;
  if (rule.sockets === undefined) return undefined;
  const asker = {
    id: trail.id,
    ...askerOf(identified),
    address: addressOf(inbound, trail.snapshot),
    route: id,
    mode: "events",
    since: trail.at,
  } as const;
  return sockets.open.enter(asker, rule.sockets);
}

const revoked = (): GatewayError =>
  new GatewayError("unauthenticated", "the key was revoked while its subscription ran", {
    message: "This gateway key is not valid any more.",
  });
