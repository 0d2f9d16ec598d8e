import type { DatabaseSync } from "node:sqlite";
import type { Project, Tenant } from "../../exchange/identity.ts";
import { GatewayError } from "../../kernel/errors.ts";
import type { KeyStore, OwnerStore } from "../../ports/key-store.ts";
import { faultOf } from "./fault.ts";
import { grant, grantValues, labels } from "./json-columns.ts";
import { number, type Row, text } from "./row.ts";

/** Of the row of a tenant itself. */
const noProject = "";

/** Tenants and projects, in the table `owner`. `guarded` makes errors of the store what the port promises. */
export function ownerStores(
  database: DatabaseSync,
  guarded: <Result>(run: () => Result) => Result,
): Pick<KeyStore, "tenants" | "projects"> {
  const select = database.prepare("SELECT * FROM owner ORDER BY created_at, tenant, project");
  const insert = database.prepare(
    `INSERT INTO owner (name, models, residency, scope, networks, expires_at, labels, is_disabled, created_at, tenant, project)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = database.prepare(
    `UPDATE owner SET name = ?, models = ?, residency = ?, scope = ?, networks = ?, expires_at = ?, labels = ?, is_disabled = ?
     WHERE tenant = ? AND project = ?`,
  );
  const remove = database.prepare("DELETE FROM owner WHERE tenant = ? AND project = ?");
  const storeOf = <Owner extends Tenant>(
    isOne: (row: Row) => boolean,
    read: (row: Row) => Owner,
    placeOf: (owner: Owner) => readonly [tenant: string, project: string],
  ): OwnerStore<Owner> => ({
    list: async () => guarded(() => select.all().filter(isOne).map(read)),
    insert: async (owner) =>
      guarded(() => {
        try {
          insert.run(...values(owner), owner.createdAt, ...placeOf(owner));
        } catch (thrown) {
          if (faultOf(thrown) !== "constraint") throw thrown;
          throw new GatewayError("conflict", `${owner.id} exists`, { cause: thrown });
        }
      }),
    update: async (owner) => guarded(() => void update.run(...values(owner), ...placeOf(owner))),
    remove: async (owner) => guarded(() => void remove.run(...placeOf(owner))),
  });
  return {
    tenants: storeOf<Tenant>(
      (row) => row["project"] === noProject,
      (row) => ({ id: text(row["tenant"]), ...ownerOf(row) }),
      ({ id }) => [id, noProject],
    ),
    projects: storeOf<Project>(
      (row) => row["project"] !== noProject,
      (row) => ({ id: text(row["project"]), tenant: text(row["tenant"]), ...ownerOf(row) }),
      ({ tenant, id }) => [tenant, id],
    ),
  };
}

const ownerOf = (row: Row): Omit<Tenant, "id"> => ({
  ...grant(row),
  name: text(row["name"]),
  labels: labels(row),
  isDisabled: number(row["is_disabled"]) === 1,
  createdAt: number(row["created_at"]),
});

const values = (owner: Tenant) =>
  [owner.name, ...grantValues(owner), JSON.stringify(owner.labels), owner.isDisabled ? 1 : 0] as const;
