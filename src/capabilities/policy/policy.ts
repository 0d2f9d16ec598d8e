/** When a policy is asked: of a request, of each target it might go to, of what a target answers. */
export type Phase = "request" | "target" | "response";
export type Mode = "enforce" | "shadow" | "off";

/** What a request may be sent to, in the words of routing. All that is said holds. */
export interface Constraints {
  readonly regions?: readonly string[];
  /** Globs of providers, or of services. */
  readonly providers?: readonly string[];
  /** Globs of models as the provider names them. */
  readonly models?: readonly string[];
  readonly maxCostNanoUsd?: number;
  /** 0 to 1. */
  readonly minQuality?: number;
  /** `provider/model`, or a provider. */
  readonly pinTo?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** One change of a request, or in phase response of the headers of its answer. */
export type Edit =
  | { readonly setHeader: { readonly name: string; readonly value: string } }
  | { readonly removeHeader: string }
  | { readonly setQuery: { readonly name: string; readonly value: string } }
  | { readonly removeQuery: string }
  | { readonly setModel: string }
  | { readonly maxTokens: number };

/** A limit by its id, and what the request costs in it, in the limit's unit; absent: what it usually does. */
export interface LimitCharge {
  readonly use: string;
  readonly cost?: number;
}

export type Action =
  | { readonly deny: { readonly hide?: boolean } }
  | { readonly allow: Readonly<Record<string, never>> }
  | { readonly transform: readonly Edit[] }
  | { readonly route: Constraints }
  | { readonly limit: LimitCharge }
  /** May be written, and is refused when it is compiled: nobody could approve. */
  | { readonly requireApproval: unknown };

export type ActionName = "deny" | "allow" | "transform" | "route" | "limit" | "requireApproval";

/** One rule: when it holds, what is done. */
export interface Policy {
  readonly id: string;
  readonly name?: string;
  /** -1000 to 1000; higher is asked first. */
  readonly priority: number;
  readonly mode: Mode;
  readonly phase: Phase;
  readonly when: string;
  readonly do: Action;
  readonly reason?: string;
  readonly onError?: "deny" | "skip";
  readonly scope?: {
    readonly tenants?: readonly string[];
    readonly routes?: readonly string[];
    readonly protocols?: readonly string[];
  };
  /** ms since 1970. */
  readonly validFrom?: number;
  readonly validUntil?: number;
}

export function actionName(action: Action): ActionName {
  if ("deny" in action) return "deny";
  if ("allow" in action) return "allow";
  if ("transform" in action) return "transform";
  if ("route" in action) return "route";
  return "limit" in action ? "limit" : "requireApproval";
}

const rank: Readonly<Record<ActionName, number>> = {
  deny: 0,
  allow: 1,
  transform: 2,
  route: 2,
  limit: 2,
  requireApproval: 2,
};

/** The order in which policies are asked: priority, then deny before allow before the rest, then id. Total. */
export function inOrder(one: Policy, other: Policy): number {
  return (
    other.priority - one.priority ||
    rank[actionName(one.do)] - rank[actionName(other.do)] ||
    (one.id < other.id ? -1 : Number(one.id > other.id))
  );
}

/** What an error of a condition does: who guards is not opened by it, who only helps is left out. */
export const onErrorOf = ({ onError, do: action }: Policy): "deny" | "skip" =>
  onError ?? (["deny", "limit", "requireApproval"].includes(actionName(action)) ? "deny" : "skip");
