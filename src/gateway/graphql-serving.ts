import type { Waiting } from "../pipeline/caller.ts";
import type { Ending, Trail } from "../pipeline/trail.ts";
import type { MessageSockets } from "../ports/message-socket.ts";
import type { Timer } from "../ports/timer.ts";
import type { Sha1 } from "../protocols/websocket/index.ts";
import type { AskPorts } from "./graphql-ask.ts";
import type { RunnerParts } from "./graphql-run.ts";
import type { Snapshot } from "./snapshot.ts";

/** One request on a route of GraphQL. */
export interface GraphqlServing extends RunnerParts {
  readonly trail: Trail<Snapshot>;
}

/** What sockets are made with. */
export interface SocketTools {
  readonly messages: MessageSockets;
  readonly sha1: Sha1;
  readonly timer: Timer;
}

export interface GraphqlDoorPorts extends Omit<AskPorts, "trail" | "signal"> {
  readonly sockets: SocketTools;
  /** Who is told when a drain has no more time. */
  readonly waiting: Waiting;
  readonly commonHeaders: (trail: Trail<Snapshot>) => string[];
  readonly settle: (trail: Trail<Snapshot>, ending: Ending) => void;
}
