import { GatewayError } from "../kernel/errors.ts";
import type { Ending, Trail } from "../pipeline/trail.ts";
import type { SwitchedConnection } from "../ports/byte-socket.ts";
import type { InboundRequest } from "../ports/server.ts";
import type { Transport, Tunnels } from "../ports/transport.ts";
import { type Agreed, type Handshake, switchedHeaders } from "../protocols/websocket/index.ts";
import type { SessionEnding, SocketParts } from "./socket-session.ts";

/** More of a refusal is not read: it cannot be held back. */
const refusalBytesMax = 1_048_576;

/** Asks for WebSockets as a transport asks for answers; a 101 is told as a head, and `connection` has what it gave. */
export function switchingTransport(tunnels: Tunnels): {
  readonly transport: Transport;
  readonly connection: () => SwitchedConnection | undefined;
} {
  let connection: SwitchedConnection | undefined;
  const transport: Transport = {
    send: ({ body: _, trailers: __, expectsContinue: ___, ...request }, listener) => {
      let read = 0;
      const opening = tunnels.open(
        { ...request, protocol: "websocket" },
        {
          ...listener,
          data: (chunk) => {
            read += chunk.byteLength;
            if (read <= refusalBytesMax) return listener.data(chunk);
            opening.abort();
            const detail = "the refusal of a handshake is too large";
            listener.failed({ code: "upstream_malformed_response", detail, wasSent: true });
          },
          switched: (head, socket, early) => {
            connection = { socket, early };
            listener.head(head);
          },
        },
      );
      return { ...opening, pause: () => undefined, resume: () => undefined };
    },
    close: () => Promise.resolve(),
  };
  return { transport, connection: () => connection };
}

/** Takes the client's connection from HTTP and tells it that the protocol is switched. */
export function takeClient(
  { upgrade }: InboundRequest,
  {
    handshake,
    agreed,
    extra,
  }: { readonly handshake: Handshake; readonly agreed: Agreed; readonly extra: readonly string[] },
  { sha1 }: Pick<SocketParts, "sha1">,
): SwitchedConnection {
  if (upgrade === undefined) throw new GatewayError("malformed_request", "no connection to switch");
  return upgrade.take(switchedHeaders(handshake, agreed, sha1, extra));
}

/** What a socket leaves behind in the record of its request. */
export function endedAs(trail: Trail<unknown>, ending: SessionEnding): Ending {
  const { bytesUp, bytesDown, messagesUp, messagesDown, error, cause } = ending;
  trail.bytesIn = bytesUp;
  trail.bytesOut = bytesDown;
  trail.events = (messagesUp ?? 0) + (messagesDown ?? 0);
  const flow = trail.flows.at(-1);
  if (flow !== undefined) {
    flow.sent += bytesUp;
    flow.received += bytesDown;
  }
  trail.stages.record("encode", "relay", `ended by ${cause}, ${bytesUp} bytes up and ${bytesDown} down`);
  if (error !== undefined) return { outcome: "failed", error };
  if (cause === "slow" || cause === "stalled")
    return {
      outcome: "failed",
      error: new GatewayError("overloaded", "a side of the socket read too slowly"),
    };
  return { outcome: "completed" };
}
