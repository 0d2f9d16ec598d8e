import { components } from "../admin/schemas.ts";
import type { Project, Tenant } from "../exchange/identity.ts";
import { commandLines } from "./command-lines.ts";
import { dataDirectory } from "./data-directory.ts";
import { grantWords, present, readWanted, toldGrant } from "./grant-options.ts";
import { failure, type KeyAccess, requireDirectory, withKeys } from "./key-access.ts";
import { meant, readOptions, UsageError } from "./options.ts";
import type { World } from "./world.ts";

const actions = ["create", "list", "update", "remove"] as const;

/** `sallyport tenants` and `sallyport projects`: through the running gateway when there is one, else in its directory. */
export const owners =
  (kind: "tenants" | "projects") =>
  async (args: readonly string[], world: World): Promise<number> => {
    const { values, positionals } = readOptions(args, commandLines[kind]);
    const [action, id] = positionals;
    const directory = dataDirectory({ named: values["data-dir"] }, world);
    if (action === undefined || !actions.some((known) => known === action))
      throw new UsageError(
        action === undefined
          ? `what about the ${kind}? \`create\`, \`list\`, \`update\` or \`remove\``
          : `${kind} cannot be told to \`${action}\`${meant(action, actions)}`,
      );
    const isList = action === "list";
    if (isList === (id !== undefined))
      throw new UsageError(
        isList ? `\`${id}\` has no meaning here` : `which one? \`sallyport ${kind} ${action} ID\``,
      );
    if (action !== "create") requireDirectory(directory);
    const told = present({
      ...toldGrant(values),
      isDisabled: values.disable === true ? true : values.enable === true ? false : undefined,
    });
    return withKeys(directory, world, async (access) => {
      const shown = await act(access, { kind, action, id: id ?? "", told });
      const text = shown.map((owner) => `${line(owner)}\n`).join("");
      world.stdout(values.json === true ? `${JSON.stringify(isList ? shown : shown[0])}\n` : text);
      return 0;
    });
  };

interface Wished {
  readonly kind: "tenants" | "projects";
  readonly action: string;
  readonly id: string;
  readonly told: Readonly<Record<string, unknown>>;
}

type Owner = Tenant | Project;

async function act(access: KeyAccess, { kind, action, id, told }: Wished): Promise<readonly Owner[]> {
  const control = access[kind];
  switch (action) {
    case "list":
      return control.list();
    case "create": {
      const [tenant, project] = kind === "projects" && id.includes("/") ? id.split("/", 2) : [undefined, id];
      if (kind === "tenants")
        return [await control.create(readWanted(components.WantedTenant, { ...told, id }))];
      const wanted = present({ ...told, id: project, tenant });
      return [await control.create(readWanted(components.WantedProject, wanted))];
    }
    case "update":
      return [(await control.update(id, readWanted(components.OwnerChanges, told))) ?? nothing(id, kind)];
    default:
      return [(await control.remove(id)) ?? nothing(id, kind)];
  }
}

function nothing(id: string, kind: string): never {
  throw failure(`there is no \`${id}\`; \`sallyport ${kind} list\` shows them`);
}

const line = (owner: Owner): string =>
  [
    "tenant" in owner ? `${owner.tenant}/${owner.id}` : owner.id,
    owner.isDisabled ? "disabled" : "live    ",
    ...grantWords({ ...owner, scope: { ...owner.scope } }),
    owner.name,
  ].join("  ");
