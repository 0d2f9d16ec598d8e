import { isLive, unbounded } from "../capabilities/identity/index.ts";
import {
  defaultProject,
  defaultTenant,
  type Grant,
  type Project,
  type Tenant,
} from "../exchange/identity.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Clock } from "../ports/clock.ts";
import { type KeyBook, ownersOf } from "./key-book.ts";
import type { OwnerChanges, OwnerControl, WantedOwner } from "./key-states.ts";
import { checkLabels, checkName, checkWithin, type OwnZones, wantedGrant } from "./wanted-grant.ts";

interface OwnerParts {
  readonly book: KeyBook;
  readonly clock: Clock;
  readonly ownZones: OwnZones;
}

type Known = Omit<Tenant, "id">;

export function tenantControl({ book, clock, ownZones }: OwnerParts): OwnerControl<Tenant> {
  const find = (id: string) => book.owners().tenants.find((tenant) => tenant.id === id);
  return {
    list: () => book.owners().tenants,
    create: async (wanted) => {
      const tenant = { id: checkId(wanted.id), ...changed(newOwner(wanted, clock.now()), wanted, ownZones) };
      if (find(tenant.id) !== undefined) throw taken(`a tenant \`${tenant.id}\``);
      await book.own(({ tenants }) => tenants.insert(tenant));
      return tenant;
    },
    update: async (id, changes) => {
      const known = find(id);
      if (known === undefined) return undefined;
      const tenant = { id, ...changed(known, changes, ownZones) };
      await book.own(({ tenants }) => tenants.update(tenant));
      return find(id);
    },
    remove: async (id) => {
      const known = find(id);
      if (known === undefined) return undefined;
      if (id === defaultTenant) throw stays(`The tenant \`${id}\``);
      const project = book.owners().projects.find(({ tenant }) => tenant === id);
      if (project !== undefined) throw holds(`The tenant \`${id}\``, `the project \`${project.id}\``);
      await book.own(({ tenants }) => tenants.remove(known));
      return known;
    },
  };
}

export function projectControl({ book, clock, ownZones }: OwnerParts): OwnerControl<Project> {
  const find = (name: string): Project | undefined => {
    const [tenant = "", project = ""] = name.includes("/") ? name.split("/", 2) : [defaultTenant, name];
    return ownersOf(book.owners(), { tenant, project }).project;
  };
  const within = <Child extends Grant>(child: Child, tenant: Tenant): Child => {
    checkWithin(child, [{ ...tenant, what: `the tenant \`${tenant.id}\`` }], ownZones);
    return child;
  };
  return {
    list: () => book.owners().projects,
    create: async (wanted) => {
      const { tenant } = ownersOf(book.owners(), { tenant: wanted.tenant ?? defaultTenant, project: "" });
      if (tenant === undefined) throw noTenant(wanted.tenant ?? "");
      const grant = within(changed(newOwner(wanted, clock.now()), wanted, ownZones), tenant);
      const project = { id: checkId(wanted.id), tenant: tenant.id, ...grant };
      if (find(`${tenant.id}/${project.id}`) !== undefined)
        throw taken(`a project \`${project.id}\` of the tenant \`${tenant.id}\``);
      await book.own(({ projects }) => projects.insert(project));
      return project;
    },
    update: async (name, changes) => {
      const known = find(name);
      const tenant = known && ownersOf(book.owners(), { tenant: known.tenant, project: "" }).tenant;
      if (known === undefined || tenant === undefined) return undefined;
      const grant = within(changed(known, changes, ownZones), tenant);
      await book.own(({ projects }) => projects.update({ id: known.id, tenant: known.tenant, ...grant }));
      return find(name);
    },
    remove: async (name) => {
      const known = find(name);
      if (known === undefined) return undefined;
      const what = `The project \`${known.id}\``;
      if (known.tenant === defaultTenant && known.id === defaultProject) throw stays(what);
      const directory = book.directory();
      const key = directory.byId
        .values()
        .find(({ tenant, project }) => tenant === known.tenant && project === known.id);
      if (key !== undefined && isLive(directory, key.id, clock.now()))
        throw holds(what, `the key \`${key.id}\``);
      await book.own(({ projects }) => projects.remove(known));
      return known;
    },
  };
}

const newOwner = ({ id }: WantedOwner, createdAt: number): Known => ({
  ...unbounded,
  name: id,
  labels: {},
  isDisabled: false,
  createdAt,
});

const changed = (known: Known, changes: OwnerChanges, ownZones: OwnZones): Known => ({
  ...wantedGrant(changes, ownZones, known),
  name: checkName(changes.name ?? known.name),
  labels: checkLabels(changes.labels ?? known.labels),
  isDisabled: changes.isDisabled ?? known.isDisabled,
  createdAt: known.createdAt,
});

function checkId(id: string): string {
  if (/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(id)) return id;
  throw new GatewayError("malformed_request", "id of an owner", {
    message: "An id has 1 to 40 lower case letters, digits and dashes, none at its ends.",
    param: "id",
  });
}

/** A tenant that a project or a key names, and that nobody has made. */
export const noTenant = (id: string): GatewayError =>
  new GatewayError("malformed_request", `no tenant ${id}`, {
    message: `There is no tenant \`${id}\`.`,
    param: "tenant",
  });

const taken = (what: string): GatewayError => conflict(`There is ${what} already.`);
const stays = (what: string): GatewayError => conflict(`${what} is always there.`);
const holds = (what: string, whom: string): GatewayError =>
  conflict(`${what} still holds ${whom}. Remove that before, or disable it instead.`);
const conflict = (message: string): GatewayError => new GatewayError("conflict", message, { message });
