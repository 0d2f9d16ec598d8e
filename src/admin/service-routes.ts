import * as z from "zod";
import type { ServiceRouteState } from "../gateway/control.ts";
import { count, latency } from "./quantities.ts";

/** The routes to services. */
export const serviceRouteList = z.strictObject({
  routes: z.array(
    z.strictObject({
      id: z.string().describe("Its name in the configuration."),
      protocol: z.string(),
      path: z.string(),
      hosts: z.array(z.string()).describe("Empty: all."),
      methods: z.array(z.string()).describe("Empty: all."),
      when: z.string().nullable().describe("A condition that must hold besides; `null`: there is none."),
      service: z.string().nullable().describe("Where it leads; `null`: to the subgraphs of a federation."),
      auth: z.enum(["required", "none"]),
      rewrite: z.string().nullable(),
      traffic: z.strictObject({
        requests: count,
        refused: count.describe("By the gateway."),
        rejects: z
          .record(z.string(), count)
          .describe(
            "The same by why: a word of whoever refuses (`target_form`, `graphql_limit`), or a code.",
          ),
        failed: count.describe("By the fault of the service."),
        latency_ms: latency
          .nullable()
          .describe(
            "Until an answer was whole; of sockets and streams of events until it began. `null`: none was answered.",
          ),
        bytes_in: count,
        bytes_out: count,
        last_at: z.number().nullable().describe("ms since 1970; `null`: none has come."),
        last_error: z.string().nullable(),
      }),
    }),
  ),
});

export function shownServiceRoute({
  traffic,
  ...route
}: ServiceRouteState): z.output<typeof serviceRouteList>["routes"][number] {
  return {
    ...route,
    hosts: [...route.hosts],
    methods: [...route.methods],
    traffic: {
      requests: traffic.requests,
      refused: traffic.refused,
      rejects: { ...traffic.rejects },
      failed: traffic.failed,
      latency_ms: traffic.latencyMs,
      bytes_in: traffic.bytesIn,
      bytes_out: traffic.bytesOut,
      last_at: traffic.lastAt,
      last_error: traffic.lastError,
    },
  };
}
