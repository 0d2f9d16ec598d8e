import { existsSync } from "node:fs";
import { components } from "../admin/schemas.ts";
import type { Project, Tenant } from "../exchange/identity.ts";
import { openClientKeys } from "../gateway/client-keys.ts";
import type { KeyControl, OwnerControl, ShownKey } from "../gateway/control.ts";
import { GatewayError } from "../kernel/errors.ts";
import { openInstallation } from "../platform/secrets/index.ts";
import { lockDirectory, openKeyStore } from "../platform/sqlite/index.ts";
import { systemClock, systemRandom } from "../platform/system/index.ts";
import { type AdminClient, adminClient } from "./admin-client.ts";
import { recordKeys } from "./recorded-keys.ts";
import type { World } from "./world.ts";

type Listed<Control, Item> = Omit<Control, "list"> & {
  readonly list: () => readonly Item[] | Promise<readonly Item[]>;
};

/** The keys and whom they belong to. */
export interface KeyAccess {
  readonly keys: Listed<KeyControl, ShownKey>;
  readonly tenants: Listed<OwnerControl<Tenant>, Tenant>;
  readonly projects: Listed<OwnerControl<Project>, Project>;
}

/** Acts through the gateway that runs on this directory where there is one, else straight in the directory; on record in both. */
export async function withKeys(
  directory: string,
  { stderr: warn }: Pick<World, "stderr">,
  act: (access: KeyAccess) => Promise<number>,
): Promise<number> {
  const client = adminClient(directory);
  if (client !== undefined) return act(remote(client));
  const installation = openInstallation(directory);
  const lock = lockDirectory(directory);
  const store = openKeyStore({ directory });
  try {
    const opened = await openClientKeys({
      store,
      digests: installation.keyDigests,
      clock: systemClock,
      random: systemRandom(),
    });
    // Which zones there are is written in a configuration that is not read here.
    const plain = opened.control(() => undefined);
    await using recorded = recordKeys(plain, directory, { installation, warn });
    return await act(recorded.control);
  } finally {
    await store.close();
    lock.release();
  }
}

/** Looking at keys must not make a directory where there is none. */
export function requireDirectory(directory: string): void {
  if (!existsSync(directory)) {
    throw failure(
      `there is no data directory ${directory}; \`sallyport start\` makes it, \`--data-dir\` names another`,
    );
  }
}

export const failure = (message: string): GatewayError => new GatewayError("conflict", message, { message });

const remote = ({ call }: AdminClient): KeyAccess => ({
  keys: {
    list: async () => components.KeyList.parse(await call("GET", "/keys")).keys,
    create: async (wanted) => components.CreatedKey.parse(await call("POST", "/keys", wanted)),
    update: async (id, changes) =>
      components.ShownKey.parse(await call("PUT", `/keys/${encodeURIComponent(id)}`, changes)),
    rotate: async (id, overlapMs) =>
      components.CreatedKey.parse(
        await call(
          "POST",
          `/keys/${encodeURIComponent(id)}:rotate`,
          overlapMs === undefined ? {} : { overlapMs },
        ),
      ),
    revoke: async (id) => components.ShownKey.parse(await call("DELETE", `/keys/${encodeURIComponent(id)}`)),
  },
  tenants: {
    list: async () => components.TenantList.parse(await call("GET", "/tenants")).tenants,
    ...ownersAt("/tenants", (data) => components.ShownTenant.parse(data), call),
  },
  projects: {
    list: async () => components.ProjectList.parse(await call("GET", "/projects")).projects,
    ...ownersAt("/projects", (data) => components.ShownProject.parse(data), call),
  },
});

const ownersAt = <Owner extends Tenant>(
  path: string,
  read: (data: unknown) => Owner,
  call: AdminClient["call"],
): Omit<OwnerControl<Owner>, "list"> => ({
  create: async (wanted) => read(await call("POST", path, wanted)),
  update: async (name, changes) => read(await call("PUT", `${path}/${encodeURIComponent(name)}`, changes)),
  remove: async (name) => read(await call("DELETE", `${path}/${encodeURIComponent(name)}`)),
});
