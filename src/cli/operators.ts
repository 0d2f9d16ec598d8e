import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { components } from "../admin/schemas.ts";
import { epochMs, isoTime } from "../kernel/units.ts";
import { type AdminClient, requireClient } from "./admin-client.ts";
import { dataDirectory } from "./data-directory.ts";
import { present, readWanted, toldGrant } from "./grant-options.ts";
import { failure } from "./key-access.ts";
import { meant, readOptions, UsageError } from "./options.ts";
import { trustCommandLines } from "./trust-command-lines.ts";
import type { World } from "./world.ts";

const actions = ["create", "list", "update", "token", "remove"] as const;

/** `sallyport operators`: who uses the admin API. Through the running gateway, which alone knows passwords and tokens. */
export async function operators(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = readOptions(args, trustCommandLines.operators);
  const [action, id] = positionals;
  checkOperand(action, id);
  const client = (): AdminClient => requireClient(dataDirectory({ named: values["data-dir"] }, world));
  const print = (data: unknown, text: string): number => {
    world.stdout(values.json === true ? `${JSON.stringify(data)}\n` : text);
    return 0;
  };
  const path = `/operators/${encodeURIComponent(id ?? "")}`;
  switch (action) {
    case "create": {
      const made = await create(client(), toldOf(values, world));
      return print(made, `${lineOf(made)}\n\n\`sallyport operators token ${made.id}\` gives them a token.\n`);
    }
    case "list": {
      const { operators: all } = components.OperatorList.parse(await client().call("GET", "/operators"));
      const none = "There is nobody but who holds the admin token.\n";
      return print(all, all.length === 0 ? none : `${all.map(lineOf).join("\n")}\n`);
    }
    case "update": {
      const changed = await update(client(), id ?? "", toldOf(values, world));
      return print(changed, `${lineOf(changed)}\n`);
    }
    case "token": {
      const given = components.CreatedToken.parse(await client().call("POST", `${path}:token`));
      const text = `${given.token}\n\nThis is the only time the token is shown. What they had before is not valid any more.\n`;
      return print(given, text);
    }
    case "remove":
      await client().call("DELETE", path);
      return print({ id, isRemoved: true }, `Removed ${id}.\n`);
    default:
      throw new UsageError(
        action === undefined
          ? "what about the operators? `create`, `list`, `update`, `token` or `remove`"
          : `operators cannot be told to \`${action}\`${meant(action, actions)}`,
      );
  }
}

const onOne: ReadonlySet<string> = new Set(["update", "token", "remove"]);

function checkOperand(action: string | undefined, id: string | undefined): void {
  const isOfOne = action !== undefined && onOne.has(action);
  if (isOfOne && id === undefined) throw new UsageError(`who? \`sallyport operators ${action} ID\``);
  if (!isOfOne && id !== undefined) throw new UsageError(`\`${id}\` has no meaning here`);
}

async function create({ call }: AdminClient, told: Readonly<Record<string, unknown>>): Promise<Shown> {
  if (told["name"] === undefined || told["role"] === undefined)
    throw new UsageError("somebody needs a name and a role: `--name NAME --role ROLE`");
  const wish = readWanted(components.WantedOperator, told);
  return components.ShownOperator.parse(await call("POST", "/operators", wish));
}

/** What is not told stays as it is. */
async function update(
  { call }: AdminClient,
  id: string,
  changes: Readonly<Record<string, unknown>>,
): Promise<Shown> {
  const { operators: all } = components.OperatorList.parse(await call("GET", "/operators"));
  const before = all.find((known) => known.id === id);
  if (before === undefined)
    throw failure(`there is nobody with the id \`${id}\`; \`sallyport operators list\` shows who there is`);
  const { name, role, tenant, project, expiresAt, isDisabled } = before;
  const known = { name, role, tenant, project, expiresAt, isDisabled };
  const wish = readWanted(components.WantedOperator, present({ ...known, ...changes }));
  return components.ShownOperator.parse(await call("PUT", `/operators/${encodeURIComponent(id)}`, wish));
}

type Values = ReturnType<typeof readOptions<(typeof trustCommandLines)["operators"]>>["values"];

/** What is told, where it is told; `undefined` takes a bound away. */
function toldOf(values: Values, { cwd }: World): Record<string, unknown> {
  const { name, role, tenant, project, expires, "password-file": file } = values;
  return {
    ...(values.unbound === true ? { tenant: undefined, project: undefined } : {}),
    ...present({ name, role, tenant, project }),
    ...toldGrant(expires === undefined ? {} : { expires }),
    ...(values.disable === true ? { isDisabled: true } : values.enable === true ? { isDisabled: false } : {}),
    ...(file === undefined ? {} : { password: readFileSync(resolve(cwd, file), "utf8").trim() }),
  };
}

type Shown = ReturnType<typeof components.ShownOperator.parse>;

const lineOf = ({ id, name, role, tenant, project, expiresAt, isDisabled, ...ways }: Shown): string =>
  [
    id,
    isDisabled ? "disabled" : "live    ",
    role,
    tenant === undefined ? "all" : [tenant, ...(project === undefined ? [] : [project])].join("/"),
    ...(ways.hasPassword ? ["password"] : []),
    ...(ways.tokenHint === null ? [] : [`token …${ways.tokenHint}`]),
    ...(expiresAt === null ? [] : [`until ${isoTime(epochMs(expiresAt)).slice(0, 10)}`]),
    name,
  ].join("  ");
