import {
  type Amount,
  createLearner,
  type Expected,
  type Features,
  featuresOfPrompt,
  type LearnedChoice,
  type LearnedRank,
  type LearnedRequest,
  type Learner,
  type RouteHints,
  type RouteRules,
} from "../capabilities/routing/index.ts";
import type { Contract } from "../exchange/contract.ts";
import type { Assigned } from "../exchange/exchange.ts";
import type { FinishReason } from "../exchange/finish.ts";
import type { Permit } from "../exchange/permit.ts";
import type { RequestRecord } from "../exchange/settlement.ts";
import type { Target } from "../exchange/target.ts";
import { contractOf } from "../pipeline/contract.ts";
import type { DecodedOnce } from "../pipeline/prepare.ts";
import type { SchemaChecker } from "../ports/schema-checker.ts";
import { looksOf, questionOf } from "./request-looks.ts";
import type { RouteSteering } from "./route-control.ts";

/** What is learned for one request, and remembered once it is decided. */
export interface LearningRequest {
  readonly rank: LearnedRank;
  /** What is expected of a target, by what it made of requests like this one. */
  readonly refine: (
    target: Target,
    prior: number | undefined,
    expect: (outputTokens: Amount | undefined) => Expected,
  ) => Expected;
  /** What an answer must hold; `undefined`: nothing that can be checked. */
  readonly contract: Contract | undefined;
  /** The decision stands. `permit`: leave to remember what the request looked like; without it, only what came of it is. */
  readonly took: (permit: Permit | undefined) => void;
}

/** Door 6 of pools that learn. Owned by one gateway. */
export interface LearnedRoutes {
  /** @param leftMs Until the deadline of the request. */
  readonly begin: (
    assigned: Assigned,
    rules: RouteRules,
    asked: {
      readonly hints: RouteHints;
      readonly leftMs: () => number;
      readonly decoded: DecodedOnce;
      readonly isGuarded: boolean;
    },
  ) => LearningRequest;
  /** For a question, of which its prompt may be known. */
  readonly ask: (
    route: string,
    rules: RouteRules,
    asked: { readonly prompt: string | undefined; readonly isGuarded: boolean },
  ) => Pick<LearningRequest, "rank" | "refine">;
  readonly settled: (record: RequestRecord) => void;
  readonly steer: (route: string, action: RouteSteering) => void;
  readonly learner: Learner;
}

export function createLearnedRoutes(
  ports: Parameters<typeof createLearner>[0],
  schemas: SchemaChecker,
): LearnedRoutes {
  const learner = createLearner(ports);
  const parts = (
    route: string,
    request: LearnedRequest,
    onChoice: (choice: LearnedChoice) => void,
  ): Pick<LearningRequest, "rank" | "refine"> => ({
    rank: {
      choose: (targets) => {
        const choice = learner.routeOf(route).choose(request, targets);
        onChoice(choice);
        return choice;
      },
    },
    refine: (target, prior, expect) => {
      const { rules, features, cascadeWithinMs } = request;
      const memory = learner.routeOf(route);
      const expected = expect(memory.outputTokens(`${target.provider}/${target.model}`, features));
      const known = prior ?? expected.quality;
      // What is judged is an answer that can be used; where its form can be checked, that is counted apart.
      const keeps = cascadeWithinMs === undefined ? 1 : memory.keeps(target.model);
      const { mean } = memory.quality(target.model, known, features);
      const isFloored = rules.qualityFloor !== undefined;
      return {
        ...expected,
        quality: keeps * mean,
        isQualityLearned: true,
        qualityLow: isFloored ? keeps * memory.lowestQuality(target.model, known, features) : undefined,
      };
    },
  });
  return {
    learner,
    steer: (route, action) => {
      if (action === "reset") learner.forget(route);
      else if (action === "freeze" || action === "resume") learner.routeOf(route).freeze(action === "freeze");
    },
    begin: (assigned, rules, { hints: { isCritical = false }, leftMs, decoded, isGuarded }) => {
      const { features, contract } = lookedInto(decoded, schemas);
      const cascadeWithinMs = contract === undefined ? undefined : leftMs();
      const route = assigned.facts.model;
      let made: LearnedChoice | undefined;
      return {
        ...parts(route, { rules, features, isCritical, cascadeWithinMs, isGuarded }, (choice) => {
          made = choice;
        }),
        contract,
        took: (permit) => {
          if (made === undefined) return;
          const { keyId } = assigned.identity;
          const looks = features === undefined || permit === undefined ? undefined : { features, permit };
          const conversation = rules.implicit === true ? questionOf(keyId, decoded) : undefined;
          learner.took({ requestId: assigned.id, route, keyId, looks, conversation }, rules, made);
        },
      };
    },
    ask: (route, rules, { prompt, isGuarded }) => {
      const features = prompt === undefined ? undefined : featuresOfPrompt(prompt);
      return parts(route, { rules, features, isCritical: true, isGuarded }, () => undefined);
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
        isKept: record.contract === undefined ? undefined : record.contract === "kept",
        broken: record.attempts.flatMap(({ code, model }) =>
          code === "upstream_contract_broken" ? [model] : [],
        ),
      });
    },
  };
}

/** A body that cannot be read is refused where it is sent; here it is a request without looks. */
function lookedInto(
  decoded: DecodedOnce,
  schemas: SchemaChecker,
): { readonly features?: Features; readonly contract?: Contract | undefined } {
  try {
    const { call } = decoded();
    return { features: looksOf(call), contract: contractOf(call, schemas) };
  } catch {
    return {};
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
