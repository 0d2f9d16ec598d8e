import { components } from "../admin/schemas.ts";
import { requireClient } from "./admin-client.ts";
import { commandLines } from "./command-lines.ts";
import { dataDirectory } from "./data-directory.ts";
import { meant, readOptions, UsageError } from "./options.ts";
import type { World } from "./world.ts";

/** `sallyport prices`: the rows above the published list, and what has no price; `prices explain ID`: one cost, line by line. */
export async function prices(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = readOptions(args, commandLines.prices);
  const [action, id] = positionals;
  if (action !== undefined && action !== "explain")
    throw new UsageError(`prices cannot be told to \`${action}\`${meant(action, ["explain"])}`);
  if (action === "explain" && id === undefined)
    throw new UsageError("which request? `sallyport prices explain REQUEST-ID`");
  const client = requireClient(dataDirectory({ named: values["data-dir"] }, world));
  const print = (data: unknown, text: string): number => {
    world.stdout(values.json === true ? `${JSON.stringify(data)}\n` : text);
    return 0;
  };
  if (id !== undefined) {
    const told = await client.call("GET", `/prices/explain/${encodeURIComponent(id)}`);
    const explanation = components.PriceExplanation.parse(told);
    return print(explanation, printExplanation(explanation));
  }
  const state = components.PricesState.parse(await client.call("GET", "/prices"));
  return print(state, printPrices(state));
}

type PricesState = ReturnType<typeof components.PricesState.parse>;
type PriceExplanation = ReturnType<typeof components.PriceExplanation.parse>;

/** The rows for people to read, then what has no price and where a provider charges otherwise. */
export function printPrices({ book, rows, unpriced, drift }: PricesState): string {
  const lines = rows.map(({ match, rates, multiply, layer, source }) => {
    const { provider, account, region, model, tier, isBatch } = match;
    const of = [provider ?? "any", model, account, region, tier, isBatch === true ? "batch" : null];
    const what = of.filter((word) => word !== null).join(" ");
    const each = rates.map(({ unit, nanoUsd, per }) => `${unit} ${perMillion(nanoUsd, per)}`).join(", ");
    const factor = multiply === null ? "" : `times ${multiply}`;
    return `${what}: ${[each, factor].filter((word) => word !== "").join(", ")}  (${layer}, ${source})\n`;
  });
  const without = unpriced.map(
    ({ provider, model, calls }) => `no price known: ${provider}/${model}, ${calls} calls\n`,
  );
  const odd = drift
    .filter(({ isAlarming }) => isAlarming)
    .map(
      ({ provider, model, oursNanoUsd, reportedNanoUsd }) =>
        `charged otherwise: ${provider}/${model}, ${usd(reportedNanoUsd)} where the book says ${usd(oursNanoUsd)}\n`,
    );
  return `Price book ${book}; US dollars for a million. The published list stands beneath these rows.\n${[...lines, ...without, ...odd].join("")}`;
}

/**
 * One cost for people to read:
 *
 *     1000 input x $0.15 / 1M = $0.00015
 *     sum times 1/2 = $0.000075, as recorded
 */
export function printExplanation(explanation: PriceExplanation): string {
  const { requestId, provider, upstreamModel, cost, recomputedNanoUsd, reportedNanoUsd, now } = explanation;
  const head = `${requestId}: ${provider ?? "no provider"}/${upstreamModel ?? "no model"}\n`;
  if (cost === null) return `${head}Nothing was consumed.\n`;
  if (cost.nanoUsd === null)
    return [head, ...printLines(cost), "What its tokens cost is unknown, not 0.\n"].join("");
  return [
    head,
    ...printLines(cost),
    printSum(cost, recomputedNanoUsd ?? cost.nanoUsd),
    `prices: ${[...(cost.rows ?? []), `price book ${cost.book ?? "not told"}`].join("; ")}\n`,
    reportedNanoUsd === null ? "" : `the provider says ${usd(reportedNanoUsd)}\n`,
    now === null || now.nanoUsd === cost.nanoUsd ? "" : printNow(now),
  ].join("");
}

const printNow = ({ nanoUsd }: NonNullable<PriceExplanation["now"]>): string =>
  `by the book that counts now: ${nanoUsd === null ? "no price known" : usd(nanoUsd)}\n`;

type Told = NonNullable<PriceExplanation["cost"]>;

function printSum({ multiply, lines, nanoUsd }: Told, recomputed: number): string {
  const factor = multiply === undefined ? "" : ` times ${multiply}`;
  const isAsRecorded = recomputed === nanoUsd || lines.length === 0;
  return `sum${factor} = ${usd(recomputed)}, ${isAsRecorded ? "as recorded" : `but ${usd(nanoUsd ?? 0)} is recorded`}\n`;
}

const printLine = ({ unit, quantity, nanoUsd, per, isApproximate }: Told["lines"][number]): string =>
  `${quantity} ${unit} x ${perMillion(nanoUsd, per)} / 1M = ${usd((quantity * nanoUsd) / per)}${isApproximate ? "  (approximate)" : ""}\n`;

const printLines = ({ lines, egress }: Told): readonly string[] => [
  ...lines.map(printLine),
  ...(egress?.lines ?? []).map(printEgress),
];

const printEgress = ({ unit, quantity, nanoUsd, per }: Told["lines"][number]): string =>
  `${quantity} ${unit} x ${usd(nanoUsd)} / GB = ${usd((quantity * nanoUsd) / per)}, beside the factor\n`;

const perMillion = (nanoUsd: number, per: number): string => usd((nanoUsd * 1_000_000) / per);

/** `$0.00015`: as many decimals as it takes. */
function usd(nanoUsd: number): string {
  const [whole = "0", fraction = ""] = (nanoUsd / 1e9).toFixed(9).split(".");
  const trimmed = fraction.replace(/0+$/, "");
  return `$${whole}${trimmed === "" ? "" : `.${trimmed}`}`;
}
