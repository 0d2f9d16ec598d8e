import type { Control } from "../gateway/control.ts";
import type { Asked } from "./answer.ts";
import { missing } from "./missing.ts";
import { components } from "./schemas.ts";

/** What the part of the admin API about keys, tenants and projects answers. */
export function keyAnswers({ keys, tenants, projects }: Pick<Control, "keys" | "tenants" | "projects">) {
  return {
    listKeys: () => ({ data: { keys: keys.list() } }),
    createKey: async ({ body }: Asked) => ({ data: await keys.create(await body(components.WantedKey)) }),
    updateKey: async ({ name, body }: Asked) => ({
      data: (await keys.update(name, await body(components.KeyChanges))) ?? missing("key"),
    }),
    rotateKey: async ({ name, body }: Asked) => {
      const { overlapMs } = await body(components.WantedRotation);
      return { data: (await keys.rotate(name, overlapMs)) ?? missing("key") };
    },
    revokeKey: async ({ name }: Asked) => ({ data: (await keys.revoke(name)) ?? missing("key") }),
    listTenants: () => ({ data: { tenants: tenants.list() } }),
    createTenant: async ({ body }: Asked) => ({
      data: await tenants.create(await body(components.WantedTenant)),
    }),
    updateTenant: async ({ name, body }: Asked) => ({
      data: (await tenants.update(name, await body(components.OwnerChanges))) ?? missing("tenant"),
    }),
    removeTenant: async ({ name }: Asked) => ({ data: (await tenants.remove(name)) ?? missing("tenant") }),
    listProjects: () => ({ data: { projects: projects.list() } }),
    createProject: async ({ body }: Asked) => ({
      data: await projects.create(await body(components.WantedProject)),
    }),
    updateProject: async ({ name, body }: Asked) => ({
      data: (await projects.update(name, await body(components.OwnerChanges))) ?? missing("project"),
    }),
    removeProject: async ({ name }: Asked) => ({ data: (await projects.remove(name)) ?? missing("project") }),
  };
}
