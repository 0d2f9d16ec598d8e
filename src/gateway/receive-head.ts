import { presentedKeys } from "../capabilities/identity/index.ts";
import type { Doors } from "../pipeline/handle.ts";
import { receive } from "../pipeline/receive.ts";
import { canonicalTarget, checkHead } from "../protocols/rest/index.ts";
import type { DataRoutes } from "./data-routes.ts";
import type { Snapshot } from "./snapshot.ts";
import { withSocketKeys } from "./socket-keys.ts";

/** Door 0, first half, with all that reads heads. */
export const receiveHead =
  ({ routesOf }: DataRoutes): Doors<Snapshot>["receive"] =>
  (inbound, trail) => {
    const { edge, serviceRoutes } = trail.snapshot;
    const received = receive(inbound, trail, {
      checkHead: (rawHeaders, version) => checkHead(rawHeaders, version, edge.head),
      canonicalTarget: (request) => canonicalTarget(request, edge.target),
      presentedKeys,
      routesOf,
      serviceOf: serviceRoutes.find,
    });
    return withSocketKeys(received, inbound);
  };
