import type { ClientKey, Grant, Project, Scope, Tenant } from "../exchange/identity.ts";

/** A key as it is shown: without its digests. */
export interface ShownKey extends Omit<ClientKey, "secret" | "previous" | "handle"> {
  /** What was valid before the last rotation and still is; `until`: ms since 1970, `null`: until the next rotation. */
  readonly previous: { readonly until: number | null } | null;
}

/** What is wished of a grant: what is absent is without bounds in something new, and as it was in something that is there. */
export interface WantedGrant extends Partial<Omit<Grant, "scope">> {
  readonly scope?: Partial<Scope>;
}

export interface KeyChanges
  extends WantedGrant,
    Partial<Pick<ClientKey, "name" | "user" | "priority" | "labels">> {}

/** Absent: the tenant and the project `default`. */
export interface WantedKey extends KeyChanges, Partial<Pick<ClientKey, "tenant" | "project">> {
  readonly name: string;
}

/** A key that was made now; the key itself is here and nowhere else. */
export interface MadeKey {
  readonly key: string;
  readonly entry: ShownKey;
}

/**
 * The client keys. What holds for all of it: `undefined` when there is none of this id.
 * @throws GatewayError `malformed_request` for what cannot be read; `policy_denied` for a key that would hold more than its
 *   project or its tenant; `conflict` for a change of one that was revoked.
 */
export interface KeyControl {
  readonly list: () => readonly ShownKey[];
  readonly create: (wanted: WantedKey) => Promise<MadeKey>;
  readonly update: (id: string, changes: KeyChanges) => Promise<ShownKey | undefined>;
  /** Gives it a new secret; the old one is valid for `overlapMs` more. */
  readonly rotate: (id: string, overlapMs?: number) => Promise<MadeKey | undefined>;
  readonly revoke: (id: string) => Promise<ShownKey | undefined>;
}

export interface OwnerChanges extends WantedGrant, Partial<Pick<Tenant, "name" | "labels" | "isDisabled">> {}

/** `tenant`: of a project; absent: `default`. */
export interface WantedOwner extends OwnerChanges {
  readonly id: string;
  readonly tenant?: string;
}

/**
 * Tenants, or projects. What holds for all of it: `undefined` when there is none of this name.
 * @throws GatewayError As `KeyControl`; `conflict` for one that exists, or would be removed with what belongs to it.
 */
export interface OwnerControl<Owner extends Tenant | Project> {
  readonly list: () => readonly Owner[];
  readonly create: (wanted: WantedOwner) => Promise<Owner>;
  readonly update: (name: string, changes: OwnerChanges) => Promise<Owner | undefined>;
  readonly remove: (name: string) => Promise<Owner | undefined>;
}
