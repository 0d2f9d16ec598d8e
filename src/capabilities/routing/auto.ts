import type { RouteRules, TargetRef } from "./shapes.ts";

/** Pools and how they choose, by name. */
export interface Pools {
  readonly pools: ReadonlyMap<string, readonly TargetRef[]>;
  readonly routes: ReadonlyMap<string, RouteRules>;
  /** Names that are no operator's: they hold what the asking key may use. */
  readonly virtual: ReadonlySet<string>;
}

const weights = { cost: 0.4, latency: 0.3, health: 0.2, quality: 0.1 } as const;
/** Not much worse than the best. */
const floorShare = 0.95;

const rulesOf: Readonly<Record<string, RouteRules>> = {
  auto: { strategy: "learned", weights, expose: "strategy" },
  "auto-cheap": { strategy: "cost-optimized", weights, qualityFloorShare: floorShare, expose: "strategy" },
  "auto-fast": { strategy: "latency-based", weights, qualityFloorShare: floorShare, expose: "strategy" },
  "auto-best": { strategy: "highest-quality", weights, expose: "strategy" },
};

/** What cannot chat, as far as names tell. */
const noChat = /embed|rerank|moderation|whisper|tts|dall-e|imagen/i;

/**
 * Adds the virtual models `auto`, `auto-cheap`, `auto-fast` and `auto-best` over all targets of the operator's pools, once
 * there are two that can chat. A name that the operator has given stays the operator's.
 */
export function withAuto({ pools, routes }: Omit<Pools, "virtual">): Pools {
  const targets = new Map(
    [...pools.values()]
      .flat()
      .filter(({ model }) => !noChat.test(model))
      .map(({ provider, model, quality }): [string, TargetRef] => [
        `${provider}/${model}`,
        { provider, model, ...(quality === undefined ? {} : { quality }) },
      ]),
  );
  if (targets.size < 2) return { pools, routes, virtual: new Set() };
  const names = Object.keys(rulesOf).filter((name) => !pools.has(name));
  const all = [...targets.values()];
  return {
    pools: new Map([...pools, ...names.map((name): [string, readonly TargetRef[]] => [name, all])]),
    routes: new Map([
      ...routes,
      ...names.flatMap((name): [string, RouteRules][] => {
        const rules = rulesOf[name];
        return rules === undefined ? [] : [[name, rules]];
      }),
    ]),
    virtual: new Set(names),
  };
}

/** Of a virtual model's targets those that a key may use by some name: their own, or that of a pool. */
export function allowedOf(
  targets: readonly TargetRef[],
  { pools, virtual }: Pools,
  mayUse: (name: string) => boolean,
): readonly TargetRef[] {
  const same = (one: TargetRef, other: TargetRef): boolean =>
    one.provider === other.provider && one.model === other.model;
  return targets.filter(
    (target) =>
      mayUse(`${target.provider}/${target.model}`) ||
      mayUse(target.model) ||
      [...pools].some(
        ([name, members]) =>
          !virtual.has(name) && mayUse(name) && members.some((member) => same(member, target)),
      ),
  );
}
