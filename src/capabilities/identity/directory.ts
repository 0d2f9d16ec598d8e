import {
  type ClientKey,
  everything,
  type Grant,
  type Identity,
  type OneOfEach,
  type Project,
  type Scope,
  scopeLists,
  type Tenant,
} from "../../exchange/identity.ts";
import { epochMs } from "../../kernel/units.ts";

/** What stands above the keys of one project: its tenant's grant and its own. */
interface Above {
  readonly isDisabled: boolean;
  /** ms since 1970. */
  readonly expiresAt: number;
  readonly models: OneOfEach;
  readonly residency: OneOfEach;
  readonly scopes: readonly Scope[];
  readonly networks: OneOfEach;
}

/** Whom keys belong to. */
export interface Owners {
  readonly tenants: readonly Tenant[];
  readonly projects: readonly Project[];
}

/** All keys, as requests look them up; immutable, replaced whole. */
export interface KeyDirectory {
  readonly byId: ReadonlyMap<string, ClientKey>;
  /** Those whose id does not tell their handle. */
  readonly byHandle: ReadonlyMap<string, ClientKey>;
  /** Those that are, or were until lately, in the form of old: by the digest of the whole key. */
  readonly byDigest: ReadonlyMap<string, ClientKey>;
  /** By tenant and project; by tenant and nothing, what holds for all of it. */
  readonly above: ReadonlyMap<string, Above>;
}

const never = Number.POSITIVE_INFINITY;

/** The id of a key of this handle; one that is older than handles keeps its own. */
export const idOfHandle = (handle: string): string => `key_${handle}`;

/** Whether what a caller is counted by is the id of a key. */
export const isKeyId = (id: string): boolean => id.startsWith("key_");

/** Whom somebody belongs to. */
export type Owner = Pick<ClientKey, "tenant" | "project">;

const ownerName = ({ tenant, project }: Owner): string => `${tenant}/${project}`;

export function compileDirectory(read: readonly ClientKey[], owners: Owners): KeyDirectory {
  const keys = read.map(lean);
  return {
    byId: new Map(keys.map((key) => [key.id, key])),
    byHandle: new Map(keys.flatMap(handlesOf)),
    byDigest: new Map(keys.flatMap(digestsOf)),
    above: compileAbove(owners),
  };
}

/** The directory with a key that is new, or has changed. */
export function withKey(directory: KeyDirectory, changed: ClientKey): KeyDirectory {
  const key = lean(changed);
  const others = (entries: ReadonlyMap<string, ClientKey>) =>
    [...entries].filter(([, { id }]) => id !== key.id);
  return {
    ...directory,
    byId: new Map(directory.byId).set(key.id, key),
    byHandle: new Map([...others(directory.byHandle), ...handlesOf(key)]),
    byDigest: new Map([...others(directory.byDigest), ...digestsOf(key)]),
  };
}

const none: readonly string[] = [];
const noLabels: ClientKey["labels"] = {};
const leanList = (list: readonly string[]): readonly string[] => (list.length === 0 ? none : list);

/** The same key; what most keys have nothing in is one thing for all of them, not a thing of each of 100,000. */
const lean = (key: ClientKey): ClientKey => ({
  ...key,
  models: leanList(key.models),
  residency: leanList(key.residency),
  networks: leanList(key.networks),
  scope: isBound(key.scope) ? key.scope : everything,
  labels: Object.keys(key.labels).length === 0 ? noLabels : key.labels,
});

/** The directory with other owners of the same keys. */
export const withOwners = (directory: KeyDirectory, owners: Owners): KeyDirectory => ({
  ...directory,
  above: compileAbove(owners),
});

type Entries = readonly (readonly [string, ClientKey])[];

const handlesOf = (key: ClientKey): Entries =>
  key.handle === null || idOfHandle(key.handle) === key.id ? [] : [[key.handle, key]];

const digestsOf = (key: ClientKey): Entries =>
  [key.secret, key.previous].flatMap((secret) => (secret?.form === "whole" ? [[secret.digest, key]] : []));

function compileAbove({ tenants, projects }: Owners): KeyDirectory["above"] {
  const byId = new Map(tenants.map((tenant) => [tenant.id, tenant]));
  return new Map([
    ...tenants.map((tenant) => [ownerName({ tenant: tenant.id, project: "" }), aboveOf([tenant])] as const),
    ...projects.flatMap((project) => {
      const tenant = byId.get(project.tenant);
      if (tenant === undefined) return [];
      const name = ownerName({ tenant: tenant.id, project: project.id });
      return [[name, aboveOf([tenant, project])] as const];
    }),
  ]);
}

function aboveOf(grants: readonly Tenant[]): Above {
  return {
    isDisabled: grants.some(({ isDisabled }) => isDisabled),
    expiresAt: Math.min(...grants.map(({ expiresAt }) => expiresAt ?? never)),
    models: listsOf(grants, ({ models }) => models),
    residency: listsOf(grants, ({ residency }) => residency),
    networks: listsOf(grants, ({ networks }) => networks),
    scopes: grants.map(({ scope }) => scope).filter(isBound),
  };
}

const listsOf = (grants: readonly Grant[], of: (grant: Grant) => readonly string[]): OneOfEach =>
  grants.map(of).filter(({ length }) => length > 0);

const isBound = (scope: Scope): boolean => scopeLists.some((name) => scope[name].length > 0);

/** What is above a key; `undefined`: it belongs to nobody who is there. */
export const aboveKey = ({ above }: KeyDirectory, key: ClientKey): Above | undefined =>
  above.get(ownerName(key));

/** What is above somebody whom no key proves; `undefined`: their tenant is nobody's who is known here. */
const aboveOwner = ({ above }: KeyDirectory, owner: Owner): Above | undefined =>
  above.get(ownerName(owner)) ?? above.get(ownerName({ ...owner, project: "" }));

/** From when on a key is not valid any more, ms since 1970. */
export const endOf = (key: ClientKey, above: Above): number =>
  Math.min(key.expiresAt ?? never, above.expiresAt);

/** Whether those whom no key proves may still ask for this owner at `now`. */
export function isOwnerLive(directory: KeyDirectory, owner: Owner, now: number): boolean {
  const above = aboveOwner(directory, owner);
  return above === undefined || (!above.isDisabled && now < above.expiresAt);
}

/** Where the key may be used from: an address must be in a network of each list. */
export const networksOf = (key: ClientKey, above: Above): OneOfEach => also(above.networks, key.networks);

/** Whether a key of this id is valid at `now`, wherever it is used from. */
export function isLive(directory: KeyDirectory, id: string, now: number): boolean {
  const key = directory.byId.get(id);
  const above = key && aboveKey(directory, key);
  return (
    key !== undefined &&
    above !== undefined &&
    key.revokedAt === null &&
    !above.isDisabled &&
    now < endOf(key, above)
  );
}

const also = (lists: OneOfEach, own: readonly string[]): OneOfEach =>
  own.length === 0 ? lists : [...lists, own];

/** Who a key says that it is. */
export function identityOf(key: ClientKey, above: Above): Identity {
  const { id, name, tenant, project, user, priority, labels } = key;
  const expiresAt = endOf(key, above);
  return {
    ...{ method: "api-key", subject: id, keyId: id, name, tenant, project, roles: [], claims: {}, labels },
    scopes: isBound(key.scope) ? [...above.scopes, key.scope] : above.scopes,
    models: also(above.models, key.models),
    residency: also(above.residency, key.residency),
    ...(user === null ? {} : { user }),
    ...(priority === null ? {} : { priority }),
    ...(expiresAt === never ? {} : { expiresAt: epochMs(expiresAt) }),
  };
}

/**
 * Somebody whom no key proves, held to what their tenant and project hold.
 * @returns The networks of these besides; `undefined`: nothing is above them.
 */
export function heldTo(
  directory: KeyDirectory,
  identity: Identity,
): { readonly identity: Identity; readonly networks: OneOfEach } | undefined {
  const above = aboveOwner(directory, identity);
  if (above === undefined) return undefined;
  const end = Math.min(identity.expiresAt ?? never, above.expiresAt);
  const held: Identity = {
    ...identity,
    scopes: [...above.scopes, ...identity.scopes],
    models: [...above.models, ...identity.models],
    residency: [...above.residency, ...identity.residency],
    ...(end === never ? {} : { expiresAt: epochMs(end) }),
  };
  return { identity: held, networks: above.networks };
}
