import * as z from "zod";
import type { LimitStanding } from "../gateway/control.ts";
import { type LimitSettings, limitSettings } from "../gateway/limits.ts";
import { GatewayError } from "../kernel/errors.ts";
import { count } from "./quantities.ts";

/** A limit that is to be set while the gateway runs; its id stands in the path. */
export const wantedLimit = limitSettings.omit({ id: true });

/** @throws GatewayError `malformed_request`: the id is no name of a limit. */
export function limitWith(id: string, wanted: z.output<typeof wantedLimit>): LimitSettings {
  const read = limitSettings.safeParse({ ...wanted, id });
  if (read.success) return read.data;
  throw new GatewayError("malformed_request", "the id of a limit", {
    message: "The id of a limit has lower-case letters, digits, `.`, `_` and `-`, 63 at most.",
  });
}

export const limitState = z.strictObject({
  id: z.string(),
  origin: z.enum(["file", "run-time"]),
  scope: z.array(z.string()),
  unit: z.string(),
  limit: count,
  perMs: count,
  burst: count.describe("The most that can be taken at once."),
  for: z
    .strictObject({
      tenants: z.array(z.string()),
      projects: z.array(z.string()),
      keys: z.array(z.string()),
      routes: z.array(z.string()),
      models: z.array(z.string()),
    })
    .describe("Whom it holds for; empty lists do not restrict."),
  adaptiveFloor: z.number().nullable(),
  halvedOnAnomaly: z.boolean(),
  factor: z.number().describe("How much of it is in force; 1: all."),
  admitted: count,
  refused: count,
  buckets: count.describe("Scopes that have taken of it and are not forgotten yet."),
  fill: z.number().describe("How much is taken of the fullest bucket: 1 is all, above it is a debt."),
  top: z
    .array(z.strictObject({ scope: z.string(), taken: count, left: count }))
    .describe("Who has taken most, that first; at most ten."),
});

export const limitList = z.strictObject({ limits: z.array(limitState) });

export function shownLimit({ limit, origin, ...reading }: LimitStanding): z.output<typeof limitState> {
  const { id, scope, unit, perMs, burst = limit.limit, adaptive, for: of } = limit;
  return {
    id,
    origin,
    scope: [...scope],
    unit,
    limit: limit.limit,
    perMs,
    burst,
    for: {
      tenants: [...(of.tenants ?? [])],
      projects: [...(of.projects ?? [])],
      keys: [...(of.keys ?? [])],
      routes: [...(of.routes ?? [])],
      models: [...(of.models ?? [])],
    },
    adaptiveFloor: adaptive?.floor ?? null,
    halvedOnAnomaly: limit.halvedOnAnomaly ?? false,
    ...reading,
    top: [...reading.top],
  };
}
