import type { HedgeRules } from "./hedges.ts";
import type { ModelResilience, ResilienceSettings } from "./settings.ts";

/** What one model is tried by. */
export interface Rules {
  readonly timeouts: ResilienceSettings["timeouts"];
  readonly retry: ResilienceSettings["retry"];
  readonly fallbackOn: ReadonlySet<ResilienceSettings["fallbackOn"][number]>;
  readonly cooldownMaxWaitMs: number;
  readonly recovery: ResilienceSettings["recovery"];
  /** Absent: nothing is sent twice. */
  readonly hedge: HedgeRules | undefined;
  readonly hold: { readonly ms: number; readonly bytes: number } | "all" | undefined;
}

/** The rules of a model, by the name a client asks for. */
export function rulesFrom({ models, ...common }: ResilienceSettings): (model: string) => Rules {
  const all = rulesOf(common);
  const own = new Map(Object.entries(models).map(([name, model]) => [name, rulesOf(merged(common, model))]));
  return own.size === 0 ? () => all : (model) => own.get(model) ?? all;
}

type Common = Omit<ResilienceSettings, "models">;

function merged(settings: Common, model: ModelResilience): Common {
  return {
    ...settings,
    ...model,
    timeouts: over(settings.timeouts, model.timeouts),
    retry: over(settings.retry, model.retry),
  };
}

/** The values of `upper` where it has any. */
function over<Values extends object>(
  lower: Values,
  upper: { readonly [Name in keyof Values]?: Values[Name] | undefined } | undefined,
): Values {
  const values = { ...lower };
  for (const name in upper) {
    const value = upper[name];
    if (value !== undefined) values[name] = value;
  }
  return values;
}

const rulesOf = ({
  timeouts,
  retry,
  fallbackOn,
  cooldownMaxWaitMs,
  recovery,
  hold,
  hedge,
}: Common): Rules => ({
  timeouts,
  retry,
  fallbackOn: new Set(fallbackOn),
  cooldownMaxWaitMs,
  recovery,
  hold,
  hedge: hedge === "off" ? undefined : hedge,
});
