import * as z from "zod";
import { type Limit, limitUnits, scopeKinds } from "./limit.ts";

const names = z.array(z.string().min(1).max(400)).max(1000);

/** One limit, in the file as through the admin API. */
export const limitSettings = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, {
        error: "is not a name of lower-case letters, digits, `.`, `_` and `-`",
      })
      .describe("Its name: in refusals, headers, metrics and policies."),
    scope: z
      .array(z.enum(scopeKinds))
      .min(1)
      .max(4)
      .default(["key"])
      .describe(
        "Each of these has a bucket of its own; several: each combination. An IPv6 address counts as its /64. A request that has no such thing, as a model on a route to a service, is not counted.",
      ),
    unit: z
      .enum(limitUnits)
      .default("requests")
      .describe(
        "`concurrent`: at the same time. Tokens and money are reserved by an estimate and counted by what the answer says it took.",
      ),
    limit: z
      .int()
      .min(1)
      .describe("So many units flow back in `perMs`; of `concurrent`: so many at the same time."),
    perMs: z.int().min(1).max(2_678_400_000).default(60_000).describe("The span of `limit`."),
    burst: z
      .exactOptional(z.int().min(1))
      .describe("The most that can be taken at once; as much as `limit` when absent."),
    tenants: names
      .default([])
      .describe("For these tenants only; empty: all. `*` stands for any characters, here and below."),
    projects: names.default([]).describe("For these projects only."),
    keys: names.default([]).describe("For these client keys only, by id or name."),
    routes: names
      .default([])
      .describe("For these only: names of `routes`, or of the gateway's own as the request log has them."),
    models: names.default([]).describe("For these only: what clients ask for, pools and models."),
    adaptive: z
      .exactOptional(
        z.strictObject({
          floor: z.number().min(0.01).max(1).default(0.25).describe("It does not shrink below this share."),
        }),
      )
      .describe(
        "The limit shrinks by a fifth with each 5 s in which more than 5 % of the tries at upstreams were throttled or the gateway was overloaded, and grows by a twentieth of the whole with each other 5 s.",
      ),
    halvedOnAnomaly: z
      .boolean()
      .default(false)
      .describe("Half of it for ten minutes for a key whose behaviour is not what it was."),
  })
  .describe("One limit.");

/** The `limits` section: how much who may ask for. */
export const limitsSettings = z
  .array(limitSettings)
  .max(1000)
  .describe("A request must pass all that hold for it, or is charged to none.");

export type LimitSettings = z.output<typeof limitSettings>;

export const limitFrom = (settings: LimitSettings): Limit => {
  const { tenants, projects, keys, routes, models, ...rest } = settings;
  return { ...rest, for: { tenants, projects, keys, routes, models } };
};

/** What no schema tells of a limit by itself; `undefined`: nothing is wrong. */
export function faultOf(
  settings: LimitSettings,
): { readonly at: keyof LimitSettings; readonly why: string } | undefined {
  const { scope, unit, burst } = settings;
  if (new Set(scope).size < scope.length) return { at: "scope", why: "names one thing twice" };
  if (scope.includes("global") && scope.length > 1)
    return { at: "scope", why: "`global` is one bucket for all: nothing stands beside it" };
  if (unit === "concurrent" && burst !== undefined)
    return { at: "burst", why: "does nothing where places are counted" };
  return undefined;
}
