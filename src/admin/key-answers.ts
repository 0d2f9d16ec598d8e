import { defaultProject, defaultTenant } from "../exchange/identity.ts";
import { type Operator, type Reach, reaches } from "../exchange/operator.ts";
import type { Control } from "../gateway/control.ts";
import type { Asked } from "./answer.ts";
import { missing } from "./missing.ts";
import { components } from "./schemas.ts";
import { beyond, checkEnd, checkReach, endOf } from "./within.ts";

type KeyControls = Pick<Control, "keys" | "tenants" | "projects" | "operators">;

/** What the part of the admin API about keys, tenants and projects answers. What lies beyond the caller does not exist. */
export const keyAnswers = (control: KeyControls) => ({
  ...clientKeyAnswers(control),
  ...tenantAnswers(control),
  ...projectAnswers(control),
});

function clientKeyAnswers({ keys, operators }: KeyControls) {
  const find = (id: string, by: Reach): string =>
    keys.list().some((key) => key.id === id && reaches(by, key)) ? id : missing("key");
  return {
    listKeys: ({ operator }: Asked) => ({
      data: { keys: keys.list().filter((key) => reaches(operator, key)) },
    }),
    createKey: async ({ body, operator }: Asked) => {
      const wanted = await body(components.WantedKey);
      checkReach(operator, {
        tenant: wanted.tenant ?? defaultTenant,
        project: wanted.project ?? defaultProject,
      });
      checkEnd(endOf({ operators }, operator), wanted.expiresAt ?? null);
      return { data: await keys.create(wanted) };
    },
    updateKey: async ({ name, body, operator }: Asked) => {
      const id = find(name, operator);
      const changes = await body(components.KeyChanges);
      if (changes.expiresAt !== undefined) checkEnd(endOf({ operators }, operator), changes.expiresAt);
      return { data: (await keys.update(id, changes)) ?? missing("key") };
    },
    rotateKey: async ({ name, body, operator }: Asked) => {
      const id = find(name, operator);
      const { overlapMs } = await body(components.WantedRotation);
      return { data: (await keys.rotate(id, overlapMs)) ?? missing("key") };
    },
    revokeKey: async ({ name, operator }: Asked) => ({
      data: (await keys.revoke(find(name, operator))) ?? missing("key"),
    }),
  };
}

function tenantAnswers({ tenants }: KeyControls) {
  return {
    listTenants: ({ operator }: Asked) => ({
      data: {
        tenants: tenants.list().filter(({ id }) => reaches({ ...tenantOf(operator) }, { tenant: id })),
      },
    }),
    // Who is bound to a tenant was not given the right to say what that tenant may do.
    createTenant: async ({ body }: Asked) => ({
      data: await tenants.create(await body(components.WantedTenant)),
    }),
    updateTenant: async ({ name, body }: Asked) => ({
      data: (await tenants.update(name, await body(components.OwnerChanges))) ?? missing("tenant"),
    }),
    removeTenant: async ({ name }: Asked) => ({ data: (await tenants.remove(name)) ?? missing("tenant") }),
  };
}

function projectAnswers({ projects }: KeyControls) {
  const find = (id: string, by: Operator): string => {
    const [tenant = "", project = ""] = id.split("/");
    if (!reaches(by, { tenant, project })) missing("project");
    if (by.project !== undefined) throw beyond(by);
    return id;
  };
  return {
    listProjects: ({ operator }: Asked) => ({
      data: {
        projects: projects.list().filter(({ id, tenant }) => reaches(operator, { tenant, project: id })),
      },
    }),
    createProject: async ({ body, operator }: Asked) => {
      const wanted = await body(components.WantedProject);
      checkReach(operator, { tenant: wanted.tenant ?? defaultTenant });
      return { data: await projects.create(wanted) };
    },
    updateProject: async ({ name, body, operator }: Asked) => ({
      data:
        (await projects.update(find(name, operator), await body(components.OwnerChanges))) ??
        missing("project"),
    }),
    removeProject: async ({ name, operator }: Asked) => ({
      data: (await projects.remove(find(name, operator))) ?? missing("project"),
    }),
  };
}

const tenantOf = ({ tenant }: Reach): Reach => (tenant === undefined ? {} : { tenant });
