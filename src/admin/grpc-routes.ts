import * as z from "zod";
import type { GrpcRouteState } from "../gateway/control.ts";
import { count } from "./quantities.ts";
import { serviceEndpoints, shownEndpoints } from "./services.ts";

/** The routes of gRPC. */
export const grpcRouteList = z.strictObject({
  routes: z.array(
    z.strictObject({
      id: z.string(),
      path: z.string(),
      service: z.string(),
      calls: count.describe("That have ended, those that were refused included."),
      open_streams: count.describe("Calls on their way."),
      messages_in: count.describe("From clients."),
      messages_out: count.describe("To clients."),
      by_code: z
        .record(z.string(), count)
        .describe("Calls by the status that the client was told: `OK`, `UNAVAILABLE`."),
      endpoints: serviceEndpoints,
    }),
  ),
});

export const shownGrpcRoute = (route: GrpcRouteState): z.output<typeof grpcRouteList>["routes"][number] => ({
  id: route.id,
  path: route.path,
  service: route.service,
  calls: route.calls,
  open_streams: route.openStreams,
  messages_in: route.messagesIn,
  messages_out: route.messagesOut,
  by_code: { ...route.byCode },
  endpoints: shownEndpoints(route.endpoints),
});
