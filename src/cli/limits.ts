import { components } from "../admin/schemas.ts";
import { readQuantity } from "../config/quantity.ts";
import { requireClient } from "./admin-client.ts";
import { commandLines } from "./command-lines.ts";
import { dataDirectory } from "./data-directory.ts";
import { meant, readOptions, UsageError } from "./options.ts";
import type { World } from "./world.ts";

const actions = ["list", "set", "remove"];

/** `sallyport limits`: the rate limits of the running gateway, and those that are set while it runs. */
export async function limits(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = readOptions(args, commandLines.limits);
  const [action = "list", id, surplus] = positionals;
  if (!actions.includes(action))
    throw new UsageError(`limits cannot be told to \`${action}\`${meant(action, actions)}`);
  if (surplus !== undefined || (action === "list" && id !== undefined))
    throw new UsageError(`\`${surplus ?? id}\` has no meaning here`);
  const client = requireClient(dataDirectory({ named: values["data-dir"] }, world));
  const print = (data: unknown, text: string): number => {
    world.stdout(values.json === true ? `${JSON.stringify(data)}\n` : text);
    return 0;
  };
  if (action === "list") {
    const { limits: list } = components.LimitList.parse(await client.call("GET", "/limits"));
    return print(list, printLimits(list));
  }
  if (id === undefined) throw new UsageError(`which limit? \`sallyport limits ${action} ID\``);
  const path = `/limits/${encodeURIComponent(id)}`;
  if (action === "remove") {
    const { limits: list } = components.LimitList.parse(await client.call("DELETE", path));
    return print(list, `Removed ${id}.\n`);
  }
  const state = components.LimitState.parse(await client.call("PUT", path, wantedLimit(values)));
  return print(state, printLimits([state]));
}

type LimitState = ReturnType<typeof components.LimitState.parse>;
type Values = ReturnType<typeof readOptions<typeof commandLines.limits>>["values"];

/** What the options say of a limit; its rules are the admin API's. */
function wantedLimit(values: Values): Readonly<Record<string, unknown>> {
  const { limit, per, burst, unit } = values;
  if (limit === undefined) throw new UsageError("how much? `--limit N`");
  const perMs = per === undefined ? undefined : readQuantity(per, "ms");
  if (per !== undefined && perMs === undefined)
    throw new UsageError(`\`${per}\` is no span such as 60s or 1 min`);
  const lists = ["scope", "tenants", "projects", "keys", "routes", "models"] as const;
  const wanted: Record<string, unknown> = { limit: Number(limit) };
  if (perMs !== undefined) wanted["perMs"] = perMs;
  if (burst !== undefined) wanted["burst"] = Number(burst);
  if (unit !== undefined) wanted["unit"] = unit;
  for (const name of lists) {
    const list = values[name];
    if (list !== undefined) wanted[name] = list.split(",");
  }
  return wanted;
}

/** A line for each limit, and who has taken most of it. */
export function printLimits(list: readonly LimitState[]): string {
  if (list.length === 0) return "There are no rate limits.\n";
  return list.map(printLimit).join("");
}

function printLimit({
  id,
  unit,
  limit,
  perMs,
  scope,
  factor,
  fill,
  refused,
  top,
  origin,
}: LimitState): string {
  const span = unit === "concurrent" ? "at the same time" : `in ${perMs / 1000} s`;
  const force = factor === 1 ? "" : `, ${Math.round(factor * 100)} % of it in force`;
  const [first] = top;
  const most =
    first === undefined ? "" : `; most taken by ${first.scope}: ${first.taken}, ${first.left} left`;
  return `${id}: ${limit} ${unit.replaceAll("_", " ")} ${span} for each ${scope.join(" and ")} (${origin})${force}; ${Math.round(fill * 100)} % taken, ${refused} refused${most}\n`;
}
