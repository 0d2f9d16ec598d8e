import { components } from "../admin/schemas.ts";
import { requireClient } from "./admin-client.ts";
import { commandLines } from "./command-lines.ts";
import { dataDirectory } from "./data-directory.ts";
import { readOptions, UsageError } from "./options.ts";
import type { World } from "./world.ts";

/** `sallyport explain MODEL`: where the running gateway would send a request, and why; nothing is sent. */
export async function explain(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = readOptions(args, commandLines.explain);
  const [model] = positionals;
  if (model === undefined) throw new UsageError("which model? `sallyport explain MODEL`");
  const maxCost = numberOf("max-cost", values["max-cost"]);
  const maxLatency = numberOf("max-latency", values["max-latency"]);
  const tokens = numberOf("tokens", values.tokens);
  const counts = (["tools", "images", "turns"] as const).flatMap((option) => {
    const value = numberOf(option, values[option]);
    return value === undefined ? [] : [[option, value]];
  });
  const client = requireClient(dataDirectory({ named: values["data-dir"] }, world));
  const told = await client.call("POST", "/routing:decide", {
    model_type: model,
    stream: values.stream === true,
    ...Object.fromEntries(counts),
    ...(values.schema === true && { schema: true }),
    ...(tokens === undefined ? {} : { estimated_tokens: tokens }),
    ...(values.prompt === undefined ? {} : { prompt: values.prompt }),
    ...(values.strategy === undefined ? {} : { strategy: values.strategy }),
    constraints: {
      ...(maxCost === undefined ? {} : { max_cost: maxCost }),
      ...(maxLatency === undefined ? {} : { max_latency_ms: maxLatency }),
      ...(values.region === undefined ? {} : { region: values.region }),
    },
  });
  const decided = components.RouteDecision.parse(told);
  world.stdout(values.json === true ? `${JSON.stringify(decided)}\n` : printDecision(model, decided));
  return 0;
}

function numberOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0)
    throw new UsageError(`--${option} must be a number above 0, not \`${text}\``);
  return value;
}

type Decided = ReturnType<typeof components.RouteDecision.parse>;
type Ranked = Decided["ranked"][number];

/**
 * A decision for people to read:
 *
 *     fast -> openai/gpt-5-mini  (cost-optimized)
 *       1. openai/gpt-5-mini  $0.00042, 640 ms, quality 0.80, health 97 %
 */
export function printDecision(model: string, decided: Decided): string {
  const { service_id: chosen, strategy, ranked, refused, flip, learned, case: found } = decided;
  return [
    `${model} -> ${chosen}  (${found === null ? strategy : `${strategy}: ${printCase(found)}`})\n`,
    ...ranked.map((target, index) => `  ${index + 1}. ${printTarget(target)}\n`),
    ...refused.map(({ service_id, by, detail }) => `  out: ${service_id}, ${by}: ${detail}\n`),
    flip === null ? "" : `first would be: ${flip}\n`,
    learned === null
      ? ""
      : `learned: a request of the kind \`${learned.shape}\`, ${usd(learned.budget)} a request, ${usd(learned.credit)} at once\n`,
    learned === null || learned.cascade === null ? "" : printCascade(learned.cascade),
  ].join("");
}

/** Who is asked on trial, and what both together come to. */
function printCascade(told: NonNullable<NonNullable<Decided["learned"]>["cascade"]>): string {
  const { first, second, right, escalated, cost, cost_high: high, alone, cost_alone: instead } = told;
  const share = (of: number): string => `${Math.round(of * 100)} %`;
  return [
    `on trial: ${first}, which will do in ${share(right)}; ${second} is asked where it does not keep its contract, in ${share(escalated)}\n`,
    `  ${usd(cost)} for both, at most ${usd(high)}; ${usd(instead)} for ${alone} alone\n`,
  ].join("");
}

/** `case 1, `ai.tools > 0`, by highest-quality`. */
function printCase({ taken, when, strategy }: NonNullable<Decided["case"]>): string {
  if (taken === "none") return "no case holds, in their order";
  return `${when === null ? "no case holds, else" : `case ${taken}, \`${when}\``}, by ${strategy}`;
}

function printTarget(target: Ranked): string {
  const { service_id, tier, estimated_cost, estimated_latency_ms, confidence, quality, health } = target;
  const assumed = confidence === 0 ? " assumed" : "";
  const later = tier === 0 ? "" : `  (tier ${tier})`;
  return [
    `${service_id}  ${estimated_cost === null ? "no price known" : usd(estimated_cost)}`,
    `${Math.round(estimated_latency_ms)} ms${assumed}`,
    `quality ${quality.toFixed(2)}`,
    `health ${Math.round(health * 100)} %${later}`,
  ].join(", ");
}

const usd = (dollars: number): string => `$${dollars.toPrecision(2)}`;
