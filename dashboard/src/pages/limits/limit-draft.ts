import { readList } from "../../format/lists.ts";
import type { LimitState, WantedLimit } from "../../generated/client.ts";
import { units } from "./limit-words.ts";

type Unit = (typeof units)[number]["value"];
type Scope = NonNullable<WantedLimit["scope"]>[number];

export const scopes: readonly Scope[] = [
  ...(["key", "user", "project", "tenant", "ip", "route", "model"] as const),
  ...(["provider", "credential", "tool", "global"] as const),
];

/** A limit as it is typed. */
export interface LimitDraft {
  readonly id: string;
  readonly limit: string;
  readonly unit: Unit;
  readonly seconds: string;
  readonly burst: string;
  readonly scope: readonly Scope[];
  readonly tenants: string;
  readonly projects: string;
  readonly keys: string;
  readonly routes: string;
  readonly models: string;
  /** Per cent below which an adaptive one does not shrink; nothing: it is not adaptive. */
  readonly floor: string;
  readonly isHalved: boolean;
}

export const emptyLimit: LimitDraft = {
  id: "",
  limit: "100",
  unit: "requests",
  seconds: "60",
  burst: "",
  scope: ["key"],
  tenants: "",
  projects: "",
  keys: "",
  routes: "",
  models: "",
  floor: "",
  isHalved: false,
};

export const draftOfLimit = (state: LimitState): LimitDraft => ({
  id: state.id,
  limit: String(state.limit),
  unit: units.find(({ value }) => value === state.unit)?.value ?? "requests",
  seconds: String(state.perMs / 1000),
  burst: state.burst === state.limit ? "" : String(state.burst),
  scope: scopes.filter((scope) => state.scope.includes(scope)),
  tenants: state.for.tenants.join(", "),
  projects: state.for.projects.join(", "),
  keys: state.for.keys.join(", "),
  routes: state.for.routes.join(", "),
  models: state.for.models.join(", "),
  floor: state.adaptiveFloor === null ? "" : String(Math.round(state.adaptiveFloor * 100)),
  isHalved: state.halvedOnAnomaly,
});

/** What was typed, as the admin API takes it. */
export const wantedLimitOf = (draft: LimitDraft): WantedLimit => ({
  scope: draft.scope,
  unit: draft.unit,
  limit: Number(draft.limit),
  perMs: Math.round(Number(draft.seconds) * 1000),
  ...(draft.burst === "" ? {} : { burst: Number(draft.burst) }),
  tenants: readList(draft.tenants),
  projects: readList(draft.projects),
  keys: readList(draft.keys),
  routes: readList(draft.routes),
  models: readList(draft.models),
  ...(draft.floor === "" ? {} : { adaptive: { floor: Number(draft.floor) / 100 } }),
  halvedOnAnomaly: draft.isHalved,
});
