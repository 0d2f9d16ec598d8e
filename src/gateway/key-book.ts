import {
  compileDirectory,
  type KeyDirectory,
  type Owners,
  withKey,
  withOwners,
} from "../capabilities/identity/index.ts";
import type { ClientKey, Project, Tenant } from "../exchange/identity.ts";
import type { KeyStore } from "../ports/key-store.ts";

/** The keys and whom they belong to, as the store has them: read once, then kept in step with each write. */
export interface KeyBook {
  readonly directory: () => KeyDirectory;
  readonly owners: () => Owners;
  readonly insert: (key: ClientKey) => Promise<void>;
  readonly update: (key: ClientKey) => Promise<void>;
  readonly revoke: (id: string, at: number) => Promise<ClientKey | undefined>;
  /** Writes to the tenants or the projects, then reads all of them. */
  readonly own: (write: (store: Pick<KeyStore, "tenants" | "projects">) => Promise<void>) => Promise<void>;
  /** Calls `tell` each time that something has become less than it was. */
  readonly onNarrowed: (tell: () => void) => void;
}

export async function openKeyBook(store: KeyStore): Promise<KeyBook> {
  const readOwners = async (): Promise<Owners> => ({
    tenants: await store.tenants.list(),
    projects: await store.projects.list(),
  });
  let owners = await readOwners();
  let directory = compileDirectory(await store.list(), owners);
  const told: (() => void)[] = [];
  const narrowed = (): void => {
    for (const tell of told) tell();
  };
  return {
    directory: () => directory,
    owners: () => owners,
    insert: async (key) => {
      await store.insert(key);
      directory = withKey(directory, key);
    },
    update: async (key) => {
      await store.update(key);
      directory = withKey(directory, key);
      narrowed();
    },
    revoke: async (id, at) => {
      const revoked = await store.revoke(id, at);
      if (revoked === undefined) return undefined;
      directory = withKey(directory, revoked);
      narrowed();
      return revoked;
    },
    own: async (write) => {
      await write(store);
      owners = await readOwners();
      directory = withOwners(directory, owners);
      narrowed();
    },
    onNarrowed: (tell) => told.push(tell),
  };
}

type Whose = Pick<ClientKey, "tenant" | "project">;

/** The tenant and the project of a key. */
export const ownersOf = (
  { tenants, projects }: Owners,
  { tenant, project }: Whose,
): { readonly tenant: Tenant | undefined; readonly project: Project | undefined } => ({
  tenant: tenants.find(({ id }) => id === tenant),
  project: projects.find((one) => one.tenant === tenant && one.id === project),
});
