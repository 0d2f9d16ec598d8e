import { networkAt, parseIpAddress } from "../../kernel/ip-network.ts";

/** Of whom a limit keeps a bucket each. */
export const scopeKinds = [
  "key",
  "user",
  "project",
  "tenant",
  "ip",
  "route",
  "model",
  "provider",
  "credential",
  "tool",
  "global",
] as const;
export type ScopeKind = (typeof scopeKinds)[number];

export const limitUnits = [
  "requests",
  "input_tokens",
  "output_tokens",
  "total_tokens",
  "cost_nano_usd",
  "content_bytes",
  "graphql_cost",
  "concurrent",
] as const;
export type LimitUnit = (typeof limitUnits)[number];

/** One limit as it is configured. */
export interface Limit {
  readonly id: string;
  /** A bucket for each combination of these. */
  readonly scope: readonly ScopeKind[];
  readonly unit: LimitUnit;
  readonly limit: number;
  /** ms; of no meaning for `concurrent`. */
  readonly perMs: number;
  /** Absent: as much as the limit. */
  readonly burst?: number;
  /** Whom it holds for; what is absent or empty does not restrict. Keys by id or name; names may hold `*`. */
  readonly for: {
    readonly tenants?: readonly string[];
    readonly projects?: readonly string[];
    readonly keys?: readonly string[];
    readonly routes?: readonly string[];
    readonly models?: readonly string[];
  };
  /** Shrinks while upstreams throttle or the gateway is overloaded, to this share at least. */
  readonly adaptive?: { readonly floor: number };
  /** Keys that an anomaly was seen of get half of it. */
  readonly halvedOnAnomaly?: boolean;
}

/** Who asks, and for what; absent: there is none, so a limit by it does not hold. */
export interface Subject {
  readonly key?: string;
  readonly keyName?: string;
  readonly user?: string;
  readonly project?: string;
  readonly tenant?: string;
  /** An address as text. */
  readonly ip?: string;
  readonly route?: string;
  readonly model?: string;
  readonly provider?: string;
  readonly credential?: string;
  readonly tool?: string;
}

const separator = "|";

/** The bucket of a subject; `undefined`: it has none, as a part is not known. */
export function scopeOf(scope: readonly ScopeKind[], subject: Subject): string | undefined {
  const [only] = scope;
  if (scope.length === 1 && only !== undefined) return partOf(only, subject);
  let name = "";
  for (const kind of scope) {
    const part = partOf(kind, subject);
    if (part === undefined) return undefined;
    // A client may name a model as it likes: no name may pass for two parts.
    const told = part.includes(separator) || part.includes("\\") ? part.replaceAll(/[\\|]/g, "\\$&") : part;
    name = name === "" ? told : name + separator + told;
  }
  return name;
}

const partOf = (kind: ScopeKind, subject: Subject): string | undefined => {
  if (kind === "global") return "*";
  if (kind === "ip") return subject.ip === undefined ? undefined : networkOf(subject.ip);
  return subject[kind];
};

/** IPv6 by /64, as a home gets no less; what is no address as it is. */
export function networkOf(ip: string): string {
  const address = parseIpAddress(ip);
  if (address === undefined) return ip;
  const { bits, value } = address;
  if (bits === 128) return `${(networkAt(address, 64).value >> 64n).toString(16)}/64`;
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join(".");
}
