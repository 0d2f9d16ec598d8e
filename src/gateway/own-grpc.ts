import { createHandle, type Doors } from "../pipeline/handle.ts";
import type { MessageForms } from "../ports/message-forms.ts";
import type { InboundHandler } from "../ports/server.ts";
import type { Timer } from "../ports/timer.ts";
import { knownFlavourOf } from "../protocols/grpc/index.ts";
import { createAiGrpc } from "./ai-grpc.ts";
import { createGrpcHealth, type GrpcHealth } from "./grpc-health.ts";
import { isRouted } from "./receive-head.ts";
import type { Snapshot } from "./snapshot.ts";

const chatPrefix = "/ai.v1.ChatService/";
const healthPrefix = "/grpc.health.v1.Health/";

/** The data plane with the gateway's own services of gRPC before it. */
interface OwnGrpc {
  readonly handle: InboundHandler;
  /** Who watches is told what is different now. */
  readonly healthChanged: GrpcHealth["changed"];
  readonly stopWatches: GrpcHealth["close"];
}

/**
 * Takes out the calls of the gateway's own services: everything else goes on as it came. A route of the configuration
 * goes before them where it is one of gRPC, or names the service.
 */
export function createOwnGrpc(
  {
    messageForms: forms,
    timer,
  }: { readonly messageForms: () => Promise<MessageForms>; readonly timer: Timer },
  doors: Doors<Snapshot>,
  world: {
    readonly snapshot: () => Snapshot;
    readonly isReady: () => boolean;
    readonly onFault: (fault: unknown) => void;
  },
): OwnGrpc {
  const handle = createHandle(doors);
  const ai = createAiGrpc({ doors, forms, onFault: world.onFault });
  const health = createGrpcHealth({ forms, timer, isReady: world.isReady });
  return {
    healthChanged: health.changed,
    stopWatches: health.close,
    handle: (inbound) => {
      const { target, method } = inbound;
      const prefix = prefixOf(target);
      if (prefix === undefined || method !== "POST") return handle(inbound);
      const spoken = knownFlavourOf(inbound.header("content-type") ?? "");
      if (spoken === undefined || isRouted(inbound, prefix, world.snapshot())) return handle(inbound);
      const name = target.slice(prefix.length).split("?", 1)[0] ?? "";
      if (prefix === chatPrefix) ai(inbound, name, spoken);
      else health.take(inbound, name, spoken);
    },
  };
}

function prefixOf(target: string): string | undefined {
  if (target.startsWith(chatPrefix)) return chatPrefix;
  return target.startsWith(healthPrefix) ? healthPrefix : undefined;
}
