import {
  type Amount,
  askedStrategy,
  decideRoute,
  type Expected,
  narrowed,
  resolveModel,
  usedOf,
  withCase,
  withinBounds,
} from "../capabilities/routing/index.ts";
import type { Target } from "../exchange/target.ts";
import { GatewayError } from "../kernel/errors.ts";
import { nearestNames } from "../kernel/nearest.ts";
import type { Conditions } from "./conditions.ts";
import { decisionText } from "./decision-text.ts";
import type { Expectations } from "./expectations.ts";
import type { LearnedRoutes } from "./learned-routes.ts";
import { misfitOfAsked } from "./misfit.ts";
import type { ResidencyGuard } from "./residency.ts";
import type { RoutingControl, WantedDecision } from "./route-control.ts";
import type { Asking } from "./route-facts.ts";
import type { Snapshot } from "./snapshot.ts";

/** The code of the door, without a request and without a trace. */
export function decideOnly(
  wanted: WantedDecision,
  { table, rateCard, regions, resilienceOf }: Snapshot,
  {
    expectations,
    random,
    learned,
    conditions,
    residency,
    isGuarded,
  }: {
    readonly expectations: Expectations;
    readonly random: () => number;
    readonly learned: LearnedRoutes;
    readonly conditions: Conditions;
    readonly residency: ResidencyGuard;
    readonly isGuarded: (pool: string) => boolean;
  },
): ReturnType<RoutingControl["decide"]> {
  const { model, maxCostUsd, maxLatencyMs } = wanted;
  const resolution = resolveModel(table, model);
  if (resolution.kind === "unknown") throw unknown(model, resolution.known);
  const strategy = wanted.strategy === undefined ? undefined : askedStrategy(wanted.strategy);
  if (wanted.strategy !== undefined && strategy === undefined) {
    const message = `\`${wanted.strategy}\` is no strategy that could be asked for.`;
    throw new GatewayError("malformed_request", message, { message, param: "strategy" });
  }
  const hints = { strategy, maxCostUsd, maxLatencyMs };
  const taken = conditions.takeAsked(table.routes.get(model), hints, askingOf(wanted));
  const rules = taken?.rules ?? narrowed(table.routes.get(model), hints);
  const { isStream, outputTokensMax, inputTokens } = wanted;
  const asked = {
    prompt: { tokens: inputTokens },
    isStream,
    outputTokensMax,
    others: othersOf(table, model),
  };
  const found = resolution.targets.flatMap((reference) => {
    const target = table.providers.get(reference.provider)?.targetOf(reference.model);
    return target === undefined ? [] : [{ reference, target }];
  });
  const bounds = residency.boundsOf({ model, residency: [] }, regionHeader(wanted.region), regions);
  const { within: targets, outside } = withinBounds(model, usedOf(found, taken), bounds);
  const cascadeWithinMs = hasContract(wanted) ? resilienceOf(model).timeouts.totalMs : undefined;
  const learning =
    rules !== undefined && table.pools.has(model)
      ? learned.ask(model, rules, { prompt: wanted.prompt, cascadeWithinMs, isGuarded: isGuarded(model) })
      : undefined;
  const expect = (target: Target, tokens?: Amount): Expected =>
    expectations.expect(target, { ...asked, outputTokens: tokens }, rateCard);
  const decided = decideRoute(model, targets, rules, {
    expect: (target) =>
      learning === undefined
        ? expect(target)
        : learning.refine(target, priorOf(table, model, target), (tokens) => expect(target, tokens)),
    misfitOf: misfitOfAsked(wanted),
    random,
    learned: learning?.rank,
    // A question takes nobody's turn.
    turnsOf: () => new Map(),
  });
  const decision = withCase(decided.decision, taken);
  const refused = [...outside, ...decision.refused];
  return { ...decision, refused, reason: `${resolution.reason}; ${decisionText({ ...decision, refused })}` };
}

/** The form of an answer can be checked where tools or a schema say what it must hold. */
const hasContract = ({ content: { tools = 0, isSchema = false } = {} }: WantedDecision): boolean =>
  tools > 0 || isSchema;

/** A question says of a request what its conditions may ask; it is of no key, and brings no header. */
function askingOf({
  model,
  isStream,
  inputTokens,
  outputTokensMax,
  content,
}: WantedDecision): Omit<Asking, "now"> {
  return {
    model,
    dialect: "openai-chat",
    isStream,
    inputTokens: () => inputTokens,
    outputTokensMax,
    content: () => ({ tools: 0, images: 0, turns: 1, isSchema: false, ...content }),
    key: { id: "", name: "" },
    header: () => undefined,
  };
}

/** A question says in its body what a request says in its header. */
const regionHeader =
  (region: string | undefined) =>
  (name: string): string | undefined =>
    name === "x-sallyport-region" ? region : undefined;

/** All targets of a pool, `provider/model`. */
export const othersOf =
  ({ pools }: Snapshot["table"], pool: string) =>
  (): readonly string[] =>
    pools.get(pool)?.map(({ provider, model }) => `${provider}/${model}`) ?? [];

/** What is thought of a target's answers before any was judged, by the operator's word. */
export function priorOf(
  { pools }: Snapshot["table"],
  pool: string,
  { provider, model }: Target,
): number | undefined {
  return pools.get(pool)?.find((target) => target.provider === provider && target.model === model)?.quality;
}

function unknown(model: string, known: readonly string[]): GatewayError {
  const near = nearestNames(model, known);
  const hint = near.length === 0 ? "" : ` Did you mean ${near.map((name) => `\`${name}\``).join(", ")}?`;
  const message = `There is no model \`${model}\`.${hint}`;
  return new GatewayError("model_not_found", message, { message, param: "model_type" });
}
