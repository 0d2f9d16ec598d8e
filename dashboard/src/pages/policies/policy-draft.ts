import type { WantedPolicy } from "../../generated/client.ts";

/** A policy as it is typed. */
export interface PolicyDraft {
  readonly id: string;
  readonly priority: string;
  readonly mode: NonNullable<WantedPolicy["mode"]>;
  readonly phase: NonNullable<WantedPolicy["phase"]>;
  readonly when: string;
  readonly action: Action;
  /** JSON of `do`, where `action` is none of those that need no more words. */
  readonly rest: string;
  readonly reason: string;
}

type Action = "deny" | "hide" | "allow" | "transform" | "route" | "limit";

export const actions: readonly { readonly value: Action; readonly name: string; readonly rest?: string }[] = [
  { value: "deny", name: "deny" },
  { value: "hide", name: "deny, as if it did not exist" },
  { value: "allow", name: "allow" },
  {
    value: "transform",
    name: "transform",
    rest: '{ "transform": [{ "setHeader": { "name": "x-team", "value": "blue" } }] }',
  },
  { value: "route", name: "narrow where it goes", rest: '{ "route": { "regions": ["eu"] } }' },
  { value: "limit", name: "count against a limit", rest: '{ "limit": { "use": "per-key" } }' },
];

export const emptyPolicy: PolicyDraft = {
  id: "",
  priority: "0",
  mode: "enforce",
  phase: "request",
  when: "",
  action: "deny",
  rest: "",
  reason: "",
};

/** A policy as it would be typed. */
export function draftOfPolicy(policy: WantedPolicy): PolicyDraft {
  const action = actionOf(policy.do);
  return {
    id: policy.id,
    priority: String(policy.priority ?? 0),
    mode: policy.mode ?? "enforce",
    phase: policy.phase ?? "request",
    when: policy.when,
    action,
    rest: hasRest(action) ? JSON.stringify(policy.do, null, 2) : "",
    reason: policy.reason ?? "",
  };
}

export const hasRest = (action: Action): boolean =>
  actions.some(({ value, rest }) => value === action && rest !== undefined);

/** What was typed; what was not shown of `before` stays. `undefined`: `rest` is no JSON. */
export function wantedPolicyOf(
  draft: PolicyDraft,
  before: WantedPolicy | undefined,
): WantedPolicy | undefined {
  const does = doOf(draft);
  if (does === undefined) return undefined;
  const { reason: _, ...kept } = before ?? { reason: undefined };
  return {
    ...kept,
    id: draft.id.trim(),
    priority: Number(draft.priority),
    mode: draft.mode,
    phase: draft.phase,
    when: draft.when,
    do: does,
    ...(draft.reason.trim() === "" ? {} : { reason: draft.reason.trim() }),
  };
}

function doOf({ action, rest }: PolicyDraft): WantedPolicy["do"] | undefined {
  switch (action) {
    case "deny":
      return { deny: {} };
    case "hide":
      return { deny: { hide: true } };
    case "allow":
      return { allow: {} };
    default:
      try {
        return JSON.parse(rest);
      } catch {
        return undefined;
      }
  }
}

function actionOf(does: WantedPolicy["do"]): Action {
  if ("deny" in does) return does.deny.hide === true ? "hide" : "deny";
  if ("allow" in does) return "allow";
  if ("route" in does) return "route";
  return "limit" in does ? "limit" : "transform";
}

/** What a policy does, in one or two words. */
export function actionWords(does: WantedPolicy["do"]): string {
  const action = actionOf(does);
  return action === "hide" ? "deny, hidden" : action;
}

/** `all` with `wanted` in the place of the one that was `replaced`, or behind them. */
export const withPolicy = (
  all: readonly WantedPolicy[],
  wanted: WantedPolicy,
  replaced: string | undefined,
): readonly WantedPolicy[] =>
  replaced === undefined ? [...all, wanted] : all.map((policy) => (policy.id === replaced ? wanted : policy));
