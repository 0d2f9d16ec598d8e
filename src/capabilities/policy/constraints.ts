import { fitsGlob } from "../../kernel/glob.ts";
import type { Constraints } from "./policy.ts";

/** Constraints, and the policy that has set them. */
export interface Bound {
  readonly policy: string;
  readonly constraints: Constraints;
}

/** A target as constraints look at it; what is `undefined` nobody knows. */
export interface Bounded {
  readonly provider: string;
  readonly model: string;
  /** The zones it lies in. */
  readonly zones: ReadonlySet<string>;
  readonly labels: Readonly<Record<string, string>>;
  /** The most that the request can cost there, 10^-9 US dollars. */
  readonly costNanoUsd: () => number | undefined;
  /** 0 to 1. */
  readonly quality: () => number | undefined;
}

/**
 * Why a target keeps not all of these constraints; `undefined`: it does. What is not known of it is not held to be kept.
 */
export function refusalOf(bounds: readonly Bound[], target: Bounded): string | undefined {
  for (const { policy, constraints } of bounds) {
    const broken = brokenOf(constraints, target);
    if (broken !== undefined) return `${broken}, by the policy \`${policy}\``;
  }
  return undefined;
}

function brokenOf(constraints: Constraints, target: Bounded): string | undefined {
  const { regions, providers, models, pinTo, labels = {} } = constraints;
  if (regions !== undefined && !regions.some((zone) => target.zones.has(zone)))
    return `it must be in ${regions.join(" or ")}`;
  if (providers !== undefined && !fits(providers, target.provider))
    return `its provider must be ${providers.join(" or ")}`;
  if (models !== undefined && !fits(models, target.model)) return `its model must be ${models.join(" or ")}`;
  if (pinTo !== undefined && !isNamed(target, pinTo)) return `it must be ${pinTo}`;
  const [label] = Object.entries(labels).find(([name, value]) => target.labels[name] !== value) ?? [];
  if (label !== undefined) return `its label \`${label}\` must be \`${labels[label]}\``;
  return overdrawn(constraints, target);
}

/** As a provider, or as `provider/model`. */
const isNamed = ({ provider, model }: Bounded, name: string): boolean =>
  name === provider || name === `${provider}/${model}`;

function overdrawn({ maxCostNanoUsd, minQuality }: Constraints, target: Bounded): string | undefined {
  if (maxCostNanoUsd !== undefined) {
    const cost = target.costNanoUsd();
    if (cost === undefined) return "nobody knows what it costs";
    if (cost > maxCostNanoUsd)
      return `it may cost ${cost} nano-USD, and at most ${maxCostNanoUsd} are allowed`;
  }
  if (minQuality === undefined) return undefined;
  const quality = target.quality();
  if (quality === undefined) return "nobody knows its quality";
  return quality < minQuality ? `its quality is ${quality}, and must be ${minQuality}` : undefined;
}

const fits = (globs: readonly string[], name: string): boolean => globs.some((glob) => fitsGlob(glob, name));

/**
 * The policy whose constraints no target can keep together with those of the last; `undefined`: one could. Regions are not
 * compared, as one may lie in another: whoever keeps both is looked for among the targets.
 */
export function conflictOf(bounds: readonly Bound[]): string | undefined {
  const last = bounds.at(-1);
  if (last === undefined) return undefined;
  return bounds.slice(0, -1).find(({ constraints }) => isEmpty(constraints, last.constraints))?.policy;
}

function isEmpty(one: Constraints, other: Constraints): boolean {
  return (
    areApart(one.providers, other.providers) ||
    areApart(one.models, other.models) ||
    areApart(providersOf(one), other.providers) ||
    areApart(one.providers, providersOf(other)) ||
    (one.pinTo !== undefined && other.pinTo !== undefined && !isWithin(one.pinTo, other.pinTo)) ||
    Object.entries(one.labels ?? {}).some(
      ([name, value]) => other.labels?.[name] !== undefined && other.labels[name] !== value,
    )
  );
}

const isWithin = (one: string, other: string): boolean =>
  one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);

const providersOf = ({ pinTo }: Constraints): readonly string[] | undefined =>
  pinTo === undefined ? undefined : [pinTo.split("/", 1)[0] ?? pinTo];

/** Whether no name fits a glob of each. Two globs with a star each are held to have one in common. */
function areApart(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return one.every((left) => other.every((right) => !couldMeet(left, right)));
}

function couldMeet(left: string, right: string): boolean {
  if (left.includes("*") && right.includes("*")) return true;
  return left.includes("*") ? fitsGlob(left, right) : fitsGlob(right, left);
}
