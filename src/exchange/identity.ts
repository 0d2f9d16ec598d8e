import type { EpochMs } from "../kernel/units.ts";

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

/** The kinds of things that a scope lists. */
export const scopeLists = ["lanes", "routes", "methods", "tools"] as const satisfies readonly (keyof Scope)[];

/** No bound at all. */
export const everything: Scope = { lanes: [], routes: [], methods: [], tools: [] };

/**
 * What a tenant, a project of it or a key of that holds. Each narrows what stands above it and never widens it: an empty
 * list adds no bound of its own.
 */
export interface Grant {
  /** Globs of model names. */
  readonly models: readonly string[];
  /** Zones one of which what is asked must stay in. */
  readonly residency: readonly string[];
  readonly scope: Scope;
  /** Where it may be used from, as CIDR: `10.0.0.0/8`, `2001:db8::/32`. */
  readonly networks: readonly string[];
  /** ms since 1970; `null`: never. */
  readonly expiresAt: number | null;
}

/** Who may hold keys. */
export interface Tenant extends Grant {
  /** Lower case letters, digits and dashes. */
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** None of its keys is valid as long as it is. */
  readonly isDisabled: boolean;
  readonly createdAt: number;
}

/** A part of a tenant; its id is one within it. */
export interface Project extends Tenant {
  readonly tenant: string;
}

/**
 * How a key is known again. `v1`: by the HMAC of its secret, found by its handle. `whole`: by the HMAC of all of it, the form
 * of keys that were made before keys had handles.
 */
export interface KeySecret {
  readonly form: "v1" | "whole";
  /** Base64url. */
  readonly digest: string;
}

/** A client key as it is kept: the key itself is shown once, at its making, and is nowhere stored. */
export interface ClientKey extends Grant {
  /** `key_…`; safe to show and to log. */
  readonly id: string;
  readonly name: string;
  readonly tenant: string;
  readonly project: string;
  /** The person it was given to. */
  readonly user: string | null;
  /** The part of the key by which it is found, 12 characters; `null`: of a key in the form of old. */
  readonly handle: string | null;
  readonly secret: KeySecret;
  /** What was valid before the last rotation; `until`: ms since 1970, `null`: until the next one. */
  readonly previous: (KeySecret & { readonly until: number | null }) | null;
  /** The key's last four characters, so that a person can tell keys apart. */
  readonly hint: string;
  readonly priority: "interactive" | "batch" | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly revokedAt: number | null;
  /** To a minute or so; `null`: never. */
  readonly lastUsedAt: number | null;
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
  /** The token that says so, as its issuer calls it; absent: none does, or it has no name. */
  readonly token?: { readonly issuer: string; readonly id: string };
  /** Globs of model names. */
  readonly models: OneOfEach;
  /** Zones that what it asks must stay in. */
  readonly residency: OneOfEach;
  /** From when on it is nobody; absent: never. */
  readonly expiresAt?: EpochMs;
  /** How urgent its requests may be at most; absent: as they say. */
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
