import type { EpochMs } from "../kernel/units.ts";

/** A client key as it is kept: the key itself is shown once, at its making, and is nowhere stored. */
export interface ClientKey {
  /** `key_…`; safe to show and to log. */
  readonly id: string;
  readonly name: string;
  /** HMAC-SHA256 of the key under the installation's secret, base64url. */
  readonly digest: string;
  /** The key's last four characters, so that a person can tell keys apart. */
  readonly hint: string;
  /** Globs of model names this key may use; empty: all. */
  readonly models: readonly string[];
  /** Zones one of which what it asks must stay in; empty: anywhere. */
  readonly residency: readonly string[];
  readonly createdAt: number;
  readonly revokedAt: number | null;
}

/** Lists that hold all at once: what is let through fits an entry of each. None, and a list without entries: everything is. */
export type OneOfEach = readonly (readonly string[])[];

/** The ways by which a request goes through the gateway, as scopes name them. */
export const scopeLanes = ["ai", "raw", "service", "realtime"] as const;
export type ScopeLane = (typeof scopeLanes)[number];

/** What may be touched, of each kind an own list; an empty one: everything of its kind. */
export interface Scope {
  readonly lanes: readonly ScopeLane[];
  /** Globs of the ids of routes. */
  readonly routes: readonly string[];
  /** HTTP methods, upper case. */
  readonly methods: readonly string[];
  /** Globs of the names of tools. */
  readonly tools: readonly string[];
}

/** Whom a request belongs to where nobody has said otherwise: both exist always. */
export const defaultTenant = "default";
export const defaultProject = "default";

/** Who is asking. Everything it may do later is a part of what stands here. */
export interface Identity {
  /** What has proved it. */
  readonly method: "api-key" | "jwt" | "mtls" | "signature" | "anonymous";
  /** Who it is among all that prove themselves in this way: the id of a key, `sub` of a token, the name in a certificate. */
  readonly subject: string;
  /** What it is counted and kept apart by: of a key its id, of others a name that no key has; "": nobody. */
  readonly keyId: string;
  readonly name: string;
  readonly tenant: string;
  readonly project: string;
  /** The person behind it; absent: none is known. */
  readonly user?: string;
  readonly roles: readonly string[];
  /** All of them hold: those of its tenant, of its project and its own. */
  readonly scopes: readonly Scope[];
  /** What a token says of it; else empty. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Globs of model names. */
  readonly models: OneOfEach;
  /** Zones that what it asks must stay in. */
  readonly residency: OneOfEach;
  /** From when on it is nobody; absent: never. */
  readonly expiresAt?: EpochMs;
  /** How urgent its requests are where they do not say; absent: as usual. */
  readonly priority?: "interactive" | "batch";
  readonly labels: Readonly<Record<string, string>>;
}

/** Who asks where nobody has to say who it is. */
export const anybody: Identity = {
  method: "anonymous",
  subject: "",
  keyId: "",
  name: "anybody",
  tenant: defaultTenant,
  project: defaultProject,
  roles: [],
  scopes: [],
  claims: {},
  models: [],
  residency: [],
  labels: {},
};
