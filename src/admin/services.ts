import * as z from "zod";
import type { BreakerState, ServiceEndpoint, ServiceState } from "../gateway/control.ts";
import { breakerOf } from "./circuit-breakers.ts";
import { count } from "./quantities.ts";

export const breaker = z
  .enum(["closed", "open", "half_open"])
  .describe("As `/api/gateway/circuit-breakers` has it of the service; `closed` where nobody has called it.");

export const serviceEndpoints = z
  .array(
    z.strictObject({
      name: z.string(),
      url: z.string(),
      region: z.string().nullable(),
      state: z.enum(["in", "starting", "ejected", "sick", "drained"]),
      in_flight: count,
    }),
  )
  .describe("Empty: it has one address. `/api/gateway/balancing` tells more.");

/** The services of the configuration. */
export const serviceList = z.strictObject({
  services: z.array(
    z.strictObject({
      id: z.string(),
      region: z.string().nullable(),
      protocols: z.array(z.string()).describe("Spoken on the routes that lead to it."),
      routes: z.array(z.string()).describe("That lead to it, alone or among the subgraphs of a federation."),
      url: z.string().describe("Of the first, where it has several; never with a credential."),
      endpoints: serviceEndpoints,
      breaker,
      requests: count.describe("Tries, further ones included."),
      failed: count,
      in_flight: count,
    }),
  ),
});

export const shownService = (
  service: ServiceState,
  breakers: readonly BreakerState[],
): z.output<typeof serviceList>["services"][number] => ({
  id: service.id,
  region: service.region,
  protocols: [...service.protocols],
  routes: [...service.routes],
  url: service.url,
  endpoints: shownEndpoints(service.endpoints),
  breaker: breakerOf(service.id, breakers),
  requests: service.requests,
  failed: service.failed,
  in_flight: service.inFlight,
});

export const shownEndpoints = (endpoints: readonly ServiceEndpoint[]): z.output<typeof serviceEndpoints> =>
  endpoints.map(({ inFlight, ...endpoint }) => ({ ...endpoint, in_flight: inFlight }));
