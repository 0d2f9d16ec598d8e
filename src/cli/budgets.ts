import { components } from "../admin/schemas.ts";
import { requireClient } from "./admin-client.ts";
import { commandLines } from "./command-lines.ts";
import { dataDirectory } from "./data-directory.ts";
import { meant, readOptions, UsageError } from "./options.ts";
import type { World } from "./world.ts";

const actions = ["list", "set", "remove", "ledger"] as const;

/** `sallyport budgets list | set ID | remove ID | ledger ID`: what may be spent, and what was. */
export async function budgets(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = readOptions(args, commandLines.budgets);
  const [named = "list", id] = positionals;
  const action = actions.find((known) => known === named);
  if (action === undefined)
    throw new UsageError(`budgets cannot be told to \`${named}\`${meant(named, actions)}`);
  if (action !== "list" && id === undefined)
    throw new UsageError(`which budget? \`sallyport budgets ${action} ID\``);
  const client = requireClient(dataDirectory({ named: values["data-dir"] }, world));
  const path = `/budgets/${encodeURIComponent(id ?? "")}`;
  const print = (data: unknown, text: string): number => {
    world.stdout(values.json === true ? `${JSON.stringify(data)}\n` : text);
    return 0;
  };
  switch (action) {
    case "list": {
      const list = components.BudgetList.parse(await client.call("GET", "/budgets"));
      return print(list, printBudgets(list.budgets));
    }
    case "set": {
      const told = await client.call("PUT", path, rulesOf(values));
      const budget = components.Budget.parse(told);
      return print(budget, printBudgets([budget]));
    }
    case "remove": {
      const list = components.BudgetList.parse(await client.call("DELETE", path));
      return print(list, `${id} is gone; its ledger stays.\n`);
    }
    case "ledger": {
      const page = components.LedgerPage.parse(await client.call("GET", `${path}/entries`));
      return print(page, page.entries.map(printEntry).join(""));
    }
  }
}

type Values = ReturnType<typeof readOptions<(typeof commandLines)["budgets"]>>["values"];

function rulesOf({ limit, period, scope, kind, "time-zone": timeZone }: Values) {
  if (limit === undefined) throw new UsageError("`budgets set` needs `--limit USD`");
  const pairs = (scope ?? "").split(",").filter((pair) => pair !== "");
  return {
    limitUsd: limit,
    scope: Object.fromEntries(pairs.map((pair) => pair.split("=", 2))),
    ...(period === undefined ? {} : { period }),
    ...(kind === undefined ? {} : { kind }),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
}

type Budget = ReturnType<typeof components.Budget.parse>;
type Entry = ReturnType<typeof components.LedgerPage.parse>["entries"][number];

/**
 * Budgets for people to read:
 *
 *     team (hard, month, tenant=acme): $12.5 of $100 spent, $0.5 held, $87 left; runs out on 2026-01-24
 */
export function printBudgets(list: readonly Budget[]): string {
  if (list.length === 0) return "There are no budgets.\n";
  return list
    .map(({ id, kind, period, scope, runsOutOn, ...sums }) => {
      const named = Object.entries(scope).map(([level, name]) => `${level}=${name}`);
      const what = [kind, period, ...named].join(", ");
      const end = runsOutOn === null ? "" : `; runs out on ${runsOutOn}`;
      const [spent, limit] = [usd(sums.settled), usd(sums.limit)];
      return `${id} (${what}): ${spent} of ${limit} spent, ${usd(sums.reserved)} held, ${usd(sums.available)} left${end}\n`;
    })
    .join("");
}

const printEntry = ({ id, at, kind, nanoUsd, request, estimated }: Entry): string =>
  `${id}  ${new Date(at).toISOString()}  ${kind.padEnd(7)}  ${usd(String(nanoUsd))}${estimated ? " (estimated)" : ""}  ${request}\n`;

/** `$12.5`, exactly. @param nano 10^-9 US dollars, as digits. */
function usd(nano: string): string {
  const isBelow = nano.startsWith("-");
  const digits = nano.replace("-", "").padStart(10, "0");
  const fraction = digits.slice(-9).replace(/0+$/, "");
  return `${isBelow ? "-" : ""}$${digits.slice(0, -9)}${fraction === "" ? "" : `.${fraction}`}`;
}
