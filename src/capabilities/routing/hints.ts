import { GatewayError } from "../../kernel/errors.ts";
import { spanOf } from "../../kernel/retry-after.ts";
import { type RouteRules, type Strategy, strategies, strategyNamed } from "./shapes.ts";

/** What a request asks of routing. */
export interface RouteHints {
  readonly strategy?: Strategy | undefined;
  readonly maxCostUsd?: number | undefined;
  readonly maxLatencyMs?: number | undefined;
  /** Nothing is tried with this request. */
  readonly isCritical?: boolean;
}

/** `conditional` is none that could be asked for: its cases are the pool's. */
const askable: readonly Strategy[] = strategies.filter((strategy) => strategy !== "conditional");
const strategyNames = `one of ${askable.join(", ")}`;

/** The strategy that a request asks for by name; `undefined`: there is none that it could ask for. */
export function askedStrategy(text: string): Strategy | undefined {
  const strategy = strategyNamed(text);
  return strategy === undefined || !askable.includes(strategy) ? undefined : strategy;
}

/**
 * Reads the headers `x-sallyport-strategy`, `-max-cost` (US dollars), `-max-latency` (`800ms`, `2s`) and `-critical`.
 *
 * @throws GatewayError `malformed_request` for one that cannot be read.
 */
export function readHints(header: (name: string) => string | undefined): RouteHints {
  return {
    strategy: read(header, "x-sallyport-strategy", strategyNames, askedStrategy),
    maxCostUsd: read(header, "x-sallyport-max-cost", "US dollars above 0, like `0.05`", usdIn),
    maxLatencyMs: read(header, "x-sallyport-max-latency", "a time above 0, like `800ms` or `2s`", spanIn),
    isCritical: read(header, "x-sallyport-critical", "`true` or `false`", truthIn) ?? false,
  };
}

function read<Value>(
  header: (name: string) => string | undefined,
  name: string,
  wanted: string,
  valueOf: (text: string) => Value | undefined,
): Value | undefined {
  const text = header(name);
  if (text === undefined) return undefined;
  const value = valueOf(text.trim());
  if (value === undefined) throw unreadable(name, wanted, text);
  return value;
}

function usdIn(text: string): number | undefined {
  return /^\d+(?:\.\d+)?(?:e-?\d+)?$/i.test(text) && Number(text) > 0 ? Number(text) : undefined;
}

function truthIn(text: string): boolean | undefined {
  if (text === "true" || text === "1") return true;
  return text === "false" || text === "0" ? false : undefined;
}

function spanIn(text: string): number | undefined {
  const span = spanOf(text);
  return span !== undefined && span > 0 ? span : undefined;
}

function unreadable(name: string, wanted: string, got: string): GatewayError {
  const message = `The header \`${name}\` must be ${wanted}, not \`${got.slice(0, 40)}\`.`;
  return new GatewayError("malformed_request", message, { message, param: name });
}

/** Of a pool that has no rules. */
export const usual: RouteRules = {
  strategy: "priority",
  weights: { cost: 0.4, latency: 0.3, health: 0.2, quality: 0.1 },
  expose: "strategy",
};

/** A route's rules with what a request asks for: another strategy, limits that are no wider. `undefined`: nothing is chosen. */
export function narrowed(rules: RouteRules | undefined, hints: RouteHints): RouteRules | undefined {
  const { strategy, maxCostUsd, maxLatencyMs } = hints;
  if (strategy === undefined && maxCostUsd === undefined && maxLatencyMs === undefined) return rules;
  const base = rules ?? usual;
  const cost = least(base.maxCostUsd, maxCostUsd);
  const latency = least(base.maxLatencyMs, maxLatencyMs);
  return {
    ...base,
    ...(strategy === undefined ? {} : { strategy }),
    ...(cost === undefined ? {} : { maxCostUsd: cost }),
    ...(latency === undefined ? {} : { maxLatencyMs: latency }),
    ...(maxCostUsd === undefined && maxLatencyMs === undefined ? {} : { own: ownOf(base) }),
  };
}

const ownOf = ({ maxCostUsd, maxLatencyMs }: RouteRules): NonNullable<RouteRules["own"]> => ({
  ...(maxCostUsd === undefined ? {} : { maxCostUsd }),
  ...(maxLatencyMs === undefined ? {} : { maxLatencyMs }),
});

/** Of two limits the narrower; `undefined`: there is none. */
function least(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined ? (left ?? right) : Math.min(left, right);
}
