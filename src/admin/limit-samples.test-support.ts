import type { Control, LimitStanding } from "../gateway/control.ts";

export const sampleLimit: LimitStanding = {
  limit: {
    id: "team-rpm",
    scope: ["project"],
    unit: "requests",
    limit: 60,
    perMs: 60_000,
    for: { tenants: [], projects: ["search"], keys: [], routes: [], models: [] },
    adaptive: { floor: 0.25 },
  },
  origin: "file",
  factor: 0.8,
  admitted: 120,
  refused: 3,
  buckets: 1,
  fill: 0.5,
  top: [{ scope: "search", taken: 30, left: 18 }],
};

/** Limits that forget what they are told. */
export const sampleLimits: Control["limits"] = {
  list: () => [sampleLimit],
  set: async ({ id, limit }) => ({
    ...sampleLimit,
    limit: { ...sampleLimit.limit, id, limit },
    origin: "run-time",
  }),
  remove: async (id) => id === sampleLimit.limit.id,
};

export const shownSampleLimit = {
  ...{ id: "team-rpm", origin: "file", scope: ["project"], unit: "requests", limit: 60, perMs: 60_000 },
  burst: 60,
  for: { tenants: [], projects: ["search"], keys: [], routes: [], models: [] },
  ...{
    adaptiveFloor: 0.25,
    halvedOnAnomaly: false,
    factor: 0.8,
    admitted: 120,
    refused: 3,
    buckets: 1,
    fill: 0.5,
  },
  top: [{ scope: "search", taken: 30, left: 18 }],
};
