import type { Identified } from "../exchange/exchange.ts";
import type { GatewayError } from "../kernel/errors.ts";
import type { Waiting } from "../pipeline/caller.ts";
import type { Relays } from "../pipeline/relay.ts";
import type { Ending, Trail } from "../pipeline/trail.ts";
import type { Reply } from "../ports/server.ts";
import type { AskPorts } from "./graphql-leave.ts";
import type { RunnerParts } from "./graphql-run.ts";
import type { ServiceRoute } from "./service-routes.ts";
import type { Snapshot } from "./snapshot.ts";
import type { SocketParts } from "./socket-session.ts";

/** One request on a route of GraphQL. */
export interface GraphqlServing extends RunnerParts {
  readonly trail: Trail<Snapshot>;
}

/** What is needed to ask services for one request. */
export type AskingPorts = Omit<AskPorts, "trail" | "signal" | "stands">;

export interface GraphqlDoorPorts extends AskingPorts {
  readonly sockets: SocketParts;
  /** Who is told when a drain has no more time. */
  readonly waiting: Waiting;
  /** Streams that are kept alive, and cut when the time of a drain is over. */
  readonly relays: Pick<Relays, "join">;
  /** A place of door 3 is given back: what it was taken for lasts. */
  readonly stands: (trail: Trail<Snapshot>) => void;
  readonly commonHeaders: (trail: Trail<Snapshot>) => string[];
  readonly settle: (trail: Trail<Snapshot>, ending: Ending) => void;
  readonly operations: OperationDoors;
}

/** A socket whose operations pass the doors one by one, as requests of their own would. */
interface Asked {
  /** The request for the socket. */
  readonly serving: GraphqlServing;
  /** All gateway keys that have come with it or on it. */
  readonly presented: readonly string[];
}

export interface OperationDoors {
  /** Door 1, for keys that came on the socket. @throws GatewayError `unauthenticated` */
  readonly identify: (asked: Asked) => Identified<ServiceRoute> | Promise<Identified<ServiceRoute>>;
  /** The trail of an operation: under the configuration in force, which need not be that of its socket. */
  readonly open: (socket: Trail<Snapshot>) => Trail<Snapshot>;
  /**
   * Doors 1 to 6. @param onGone Tells when its client wants no more of it.
   * @throws GatewayError
   */
  readonly enter: (
    asked: Asked,
    trail: Trail<Snapshot>,
    onGone: Reply["onGone"],
  ) => Promise<{ readonly serving: GraphqlServing; readonly asking: AskingPorts }>;
  /** It is refused, or has failed. */
  readonly refused: (asked: Asked, trail: Trail<Snapshot>, error: GatewayError) => void;
}
