import {
  type Amount,
  createLearner,
  type Expected,
  type Features,
  featuresOfPrompt,
  type LearnedChoice,
  type LearnedRank,
  type Learner,
  type RouteRules,
} from "../capabilities/routing/index.ts";
import type { Assigned } from "../exchange/exchange.ts";
import type { FinishReason } from "../exchange/finish.ts";
import type { RequestRecord } from "../exchange/settlement.ts";
import type { Target } from "../exchange/target.ts";
import { type DecodedOnce, decodeOnce } from "../pipeline/prepare.ts";
import type { StateKeeper } from "../pipeline/state-keeper.ts";
import { looksOf } from "./request-looks.ts";

/** What is learned for one request, and remembered once it is decided. */
export interface LearningRequest {
  readonly rank: LearnedRank;
  /** What is expected of a target, by what it made of requests like this one. */
  readonly refine: (
    target: Target,
    prior: number | undefined,
    expect: (outputTokens: Amount | undefined) => Expected,
  ) => Expected;
  readonly decoded: DecodedOnce;
  /** The decision stands. */
  readonly took: () => void;
}

/** Door 6 of pools that learn. Owned by one gateway. */
export interface LearnedRoutes {
  readonly begin: (assigned: Assigned, rules: RouteRules, isCritical: boolean) => LearningRequest;
  /** For a question, of which its prompt may be known. */
  readonly ask: (
    route: string,
    rules: RouteRules,
    prompt: string | undefined,
  ) => Pick<LearningRequest, "rank" | "refine">;
  readonly settled: (record: RequestRecord) => void;
  readonly learner: Learner;
}

export function createLearnedRoutes(
  ports: Parameters<typeof createLearner>[0],
  state: Pick<StateKeeper, "contextFor">,
): LearnedRoutes {
  const learner = createLearner(ports);
  const parts = (
    route: string,
    {
      rules,
      features,
      isCritical,
    }: { rules: RouteRules; features: Features | undefined; isCritical: boolean },
    onChoice: (choice: LearnedChoice) => void,
  ): Pick<LearningRequest, "rank" | "refine"> => ({
    rank: {
      choose: (targets) => {
        const choice = learner.routeOf(route).choose({ rules, features, isCritical }, targets);
        onChoice(choice);
        return choice;
      },
    },
    refine: (target, prior, expect) => {
      const memory = learner.routeOf(route);
      const expected = expect(memory.outputTokens(`${target.provider}/${target.model}`, features));
      const known = prior ?? expected.quality;
      const { mean } = memory.quality(target.model, known, features);
      const isFloored = rules.qualityFloor !== undefined;
      return {
        ...expected,
        quality: mean,
        isQualityLearned: true,
        qualityLow: isFloored ? memory.lowestQuality(target.model, known, features) : undefined,
      };
    },
  });
  return {
    learner,
    begin: (assigned, rules, isCritical) => {
      const decoded = decodeOnce(assigned, state);
      const features = featuresIn(decoded);
      const route = assigned.facts.model;
      let made: LearnedChoice | undefined;
      return {
        ...parts(route, { rules, features, isCritical }, (choice) => {
          made = choice;
        }),
        decoded,
        took: () => {
          if (made === undefined) return;
          const { keyId } = assigned.identity;
          learner.took({ requestId: assigned.id, route, keyId, features }, rules, made);
        },
      };
    },
    ask: (route, rules, prompt) => {
      const features = prompt === undefined ? undefined : featuresOfPrompt(prompt);
      return parts(route, { rules, features, isCritical: true }, () => undefined);
    },
    settled: (record) => {
      const { id, provider, upstreamModel, outcome, cost, usage } = record;
      learner.ended({
        requestId: id,
        target:
          provider === null || upstreamModel === null
            ? undefined
            : { name: `${provider}/${upstreamModel}`, model: upstreamModel },
        isWhole: outcome === "completed",
        costNanoUsd: cost?.nanoUsd ?? null,
        outputTokens: usage?.basis === "reported" ? usage.output.total : undefined,
        isSound: soundOf(record),
      });
    },
  };
}

/** A body that cannot be read is refused where it is sent; here it is a request without looks. */
function featuresIn(decoded: DecodedOnce): Features | undefined {
  try {
    return looksOf(decoded().call);
  } catch {
    return undefined;
  }
}

const soundEnds: ReadonlySet<FinishReason> = new Set(["stop", "stop-sequence", "tool-calls"]);
const badEnds: ReadonlySet<FinishReason> = new Set(["refusal", "content-filter"]);

/** Whether an answer holds what an answer must, as far as its record tells. One that was cut by a limit may be the client's wish. */
function soundOf({ finish, usage, outcome }: RequestRecord): boolean | undefined {
  if (outcome !== "completed" || finish === null) return undefined;
  if (badEnds.has(finish)) return false;
  if (!soundEnds.has(finish)) return undefined;
  return !(usage?.basis === "reported" && usage.output.total === 0);
}
