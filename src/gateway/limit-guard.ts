import {
  anthropicFields,
  createOutputLengths,
  type LimitAsk,
  openAiFields,
  type Passed,
  type RateLimits,
  rateLimitFields,
  type Standing,
} from "../capabilities/rate-limit/index.ts";
import type { RequestRecord } from "../exchange/settlement.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Trail } from "../pipeline/trail.ts";
import type { Asked, Guard } from "./guards.ts";
import { amountsOf, type Estimating, subjectOf, takenBy, throttledTries } from "./limit-amounts.ts";
import type { Snapshot } from "./snapshot.ts";

/** The rate limits as the doors see them. */
export interface LimitGuard {
  readonly guard: Guard;
  readonly settled: (record: RequestRecord) => void;
  /**
   * One more limit for this request, or what one request of it costs in that limit; to be said at door 2.
   * A limit that there is not is ignored: the configuration is held against that.
   */
  readonly charge: (trail: Trail<Snapshot>, id: string, cost?: number) => void;
}

/** The charge stays if nothing is heard of a request by then, beside the time it may take. */
const graceMs = 60_000;

export function createLimitGuard(
  limits: RateLimits,
  {
    tokenCount,
    isStrained,
    now,
  }: Pick<Estimating, "tokenCount"> & { readonly isStrained: () => boolean; readonly now: () => number },
): LimitGuard {
  const lengths = createOutputLengths();
  const extras = new WeakMap<Trail<Snapshot>, { readonly id: string; readonly cost?: number }[]>();

  const askOf = (asked: Asked): LimitAsk => {
    const { trail, call } = asked;
    const rules = trail.snapshot.resilienceOf(call?.facts.model ?? "");
    return {
      subject: subjectOf(asked),
      amounts: amountsOf(asked, { tokenCount, lengths }),
      extra: extras.get(trail) ?? [],
      holdMs: rules.timeouts.totalMs + graceMs,
    };
  };
  /** Told as they stand now; what was told before is not true any more. */
  const tell = (
    { identified, trail }: Asked,
    standings: readonly Standing[],
    retryAfterMs?: number,
  ): void => {
    const { dialect } = identified.route.codec;
    const fields = [
      ...rateLimitFields(standings, retryAfterMs),
      ...(dialect.startsWith("openai") ? openAiFields(standings) : []),
      ...(dialect.startsWith("anthropic") ? anthropicFields(standings, now()) : []),
    ];
    for (let index = 0; index < fields.length; index += 2) {
      const known = trail.told.indexOf(fields[index] ?? "");
      if (known >= 0) trail.told.splice(known, 2);
    }
    trail.told.push(...fields);
  };
  const admit = (asked: Asked, ask: LimitAsk): Passed | undefined => {
    try {
      return limits.admit(ask);
    } catch (thrown) {
      if (thrown instanceof GatewayError) tell(asked, limits.standingsOf(ask), thrown.facts.retryAfterMs);
      throw thrown;
    }
  };
  const hold = ({ trail }: Asked, passed: Passed): void => {
    trail.holds.push({
      settled: (record) => {
        for (const wasThrottled of throttledTries(record)) passed.tried(wasThrottled);
        const taken = takenBy(record);
        if (taken === "never sent") passed.cancel();
        else passed.settle(taken);
      },
    });
  };
  return {
    charge: (trail, id, cost) => {
      extras.set(trail, [...(extras.get(trail) ?? []), { id, ...(cost === undefined ? {} : { cost }) }]);
    },
    settled: ({ model, usage, outcome }) => {
      const output = usage?.basis === "reported" && outcome === "completed" ? usage.output.total : undefined;
      if (model !== null && output !== undefined) lengths.answered(model, output);
    },
    guard: {
      admit: (asked) => {
        if (limits.isEmpty()) return;
        if (isStrained()) limits.overloaded();
        const ask = askOf(asked);
        const passed = admit(asked, ask);
        const taken = passed === undefined ? [] : [passed];
        for (const one of taken) hold(asked, one);
        const standings = (): readonly Standing[] => taken.flatMap((one) => one.standings());
        tell(asked, standings());
        const charge = (graphqlCost: number): void => {
          const more = admit(asked, { ...ask, amounts: { requests: 0, graphqlCost }, extra: [] });
          if (more === undefined) return;
          hold(asked, more);
          taken.push(more);
          tell(asked, standings());
        };
        asked.trail.charge = charge;
      },
      debit: (asked) => {
        const { usage, cost } = asked.trail;
        return limits.debit({
          ...askOf(asked),
          amounts: {
            requests: 0,
            inputTokens: usage?.input.total ?? 0,
            outputTokens: usage?.output.total ?? 0,
            costNanoUsd: cost?.nanoUsd ?? 0,
          },
          extra: [],
        });
      },
    },
  };
}
