import type { Identified } from "../exchange/exchange.ts";
import type { SocketRules } from "../exchange/service-target.ts";
import { base64Bytes } from "../framing/base64.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { EncodePorts } from "../pipeline/encode.ts";
import type { RawLeave } from "../pipeline/raw-leave.ts";
import type { ServiceCall } from "../pipeline/service-call.ts";
import type { Trail } from "../pipeline/trail.ts";
import type { Random } from "../ports/random.ts";
import type { InboundRequest } from "../ports/server.ts";
import type { Tunnels, UpstreamHead } from "../ports/transport.ts";
import {
  checkHandshake,
  checkSwitched,
  type Handshake,
  handshakeFields,
  handshakeHeaders,
  inspectHandshake,
  tunnelHandshake,
} from "../protocols/websocket/index.ts";
import { addressAt } from "./edge.ts";
import type { ServiceRoute } from "./service-routes.ts";
import type { Snapshot } from "./snapshot.ts";
import {
  joinByBytes,
  joinByMessages,
  type Session,
  type SessionEnding,
  type SocketParts,
} from "./socket-session.ts";
import { endedAs, switchingTransport, takeClient } from "./socket-switch.ts";
import type { SocketSeat } from "./sockets.ts";

export interface SocketDoorParts {
  readonly random: Random;
  readonly tunnels: Tunnels;
  readonly sockets: SocketParts;
  readonly ingress: { readonly inFlight: { readonly leave: () => void } };
}

type Settle = EncodePorts<Snapshot>["settle"];

/** A request for a socket, past the doors. */
interface AskedSocket {
  readonly identified: Identified<ServiceRoute>;
  readonly inbound: InboundRequest;
  readonly trail: Trail<Snapshot>;
  readonly call: ServiceCall;
  readonly rules: SocketRules;
  readonly handshake: Handshake;
  readonly extra: readonly string[];
  readonly settle: Settle;
}

/** @throws GatewayError `upgrade_required`, `malformed_request`, `policy_denied`, `method_not_allowed`. */
export const readHandshake = (
  { method, httpVersion, rawHeaders, upgrade }: InboundRequest,
  origins: readonly string[],
): Handshake => {
  const handshake = checkHandshake(
    { method, httpVersion, rawHeaders, isConnect: upgrade !== undefined },
    { origins, takesKeyAsSubprotocol: true },
  );
  if (upgrade?.protocol === "websocket") return handshake;
  throw new GatewayError("malformed_request", "another protocol is asked for before `websocket`");
};

/**
 * Sockets of routes to services: the service is asked first, what it refuses goes down as the answer that it is, and only
 * behind its 101 is the client's connection switched.
 */
export const createSocketDoor =
  (parts: SocketDoorParts) =>
  async (asked: AskedSocket, relay: (call: ServiceCall, settle: Settle) => Promise<void>): Promise<void> => {
    const { trail, inbound, rules, identified, settle } = asked;
    const seat = parts.sockets.open.enter(
      {
        id: trail.id,
        ...askerOf(identified),
        address: addressOf(inbound, trail.snapshot),
        route: identified.route.id,
        mode: rules.mode,
        since: trail.at,
      },
      rules,
    );
    const settled: Settle = (of, ending) => {
      seat.left();
      settle(of, ending);
    };
    const open = { opened: seat.opened, closed: seat.left };
    try {
      await relay(socketCall(asked, parts, open), settled);
    } catch (thrown) {
      seat.left();
      throw thrown;
    }
  };

/** The call with a handshake of its own, and what becomes of the connections once the service has agreed. */
function socketCall(
  asked: AskedSocket,
  parts: SocketDoorParts,
  seat: { readonly opened: SocketSeat["opened"]; readonly closed: SocketSeat["left"] },
): ServiceCall {
  const { call, rules, handshake, trail, inbound, extra, settle } = asked;
  const { sockets } = parts;
  const isRead = rules.mode === "inspect";
  const nonce = nonceOf(parts.random);
  const up = isRead ? inspectHandshake(handshake, nonce) : tunnelHandshake(handshake, nonce);
  const { transport, connection } = switchingTransport(parts.tunnels);
  const onEnd = endOf(trail, seat, settle);
  return {
    ...call,
    transport,
    headersAt: (site) => [...withoutHandshake(call.headersAt(site)), ...handshakeHeaders(up)],
    switched: (head, leave) => {
      const upstream = connection();
      if (upstream === undefined) throw new GatewayError("internal", "a 101 without a connection");
      try {
        const agreed = checkSwitched(head, up, sockets.sha1);
        const client = takeClient(inbound, { handshake, agreed, extra }, sockets);
        stands(trail, { head, leave, ingress: parts.ingress });
        const session = isRead
          ? joinByMessages({ client, upstream }, rules, { parts: sockets, inspect: passAll, onEnd })
          : joinByBytes({ client, upstream }, rules, { parts: sockets, onEnd });
        seat.opened({ stop: session.stop, counts: countsOf(session) });
      } catch (thrown) {
        upstream.socket.destroy();
        throw thrown;
      }
    },
  };
}

/** What is done at its end. Made apart: as long as the socket is open it holds its record, and nothing else of its request. */
const endOf =
  (trail: Trail<Snapshot>, seat: { readonly closed: SocketSeat["left"] }, settle: Settle) =>
  (ending: SessionEnding): void => {
    seat.closed(ending.code);
    settle(trail, endedAs(trail, ending));
  };

const countsOf = (session: Session) => () => ({ ...session.counts(), costNanoUsd: null });

const passAll = () => ({ kind: "pass" }) as const;

/**
 * The handshake was what the places of door 3 and of the target were for: sockets have bounds of their own, and one that
 * is open for an hour says nothing of how fast its service answers.
 */
export function stands(
  trail: Trail<unknown>,
  {
    head,
    leave,
    ingress,
  }: { readonly head: UpstreamHead; readonly leave: RawLeave } & Pick<SocketDoorParts, "ingress">,
): void {
  trail.status = 101;
  leave.answered(head);
  leave.load.answered(undefined);
  trail.load = undefined;
  giveBackPlace(trail, ingress);
}

/** Gives back the place of door 3, of what lasts longer than requests do. */
export function giveBackPlace(trail: Trail<unknown>, ingress: SocketDoorParts["ingress"]): void {
  if (trail.isAdmitted) ingress.inFlight.leave();
  trail.isAdmitted = false;
}

/** A flat list without the fields of the client's own handshake. */
export const withoutHandshake = (headers: readonly string[]): readonly string[] =>
  headers.filter((_, index) => !handshakeFields.has(headers[index - (index % 2)] ?? ""));

/** Who asks, for the list of sockets; nobody where no key is looked at. */
export const askerOf = ({ identity }: Pick<Identified, "identity">) => {
  const { keyId, name, expiresAt, token } = identity;
  return keyId === ""
    ? { keyId: null, keyName: null }
    : { keyId, keyName: name, expiresAt, token, owner: identity };
};

export const addressOf = (inbound: InboundRequest, { edge }: Snapshot): string => addressAt(inbound, edge);

/** 16 random bytes, as a handshake wants them. */
export const nonceOf = (random: Random): string => new TextDecoder().decode(base64Bytes(random.bytes(16)));
