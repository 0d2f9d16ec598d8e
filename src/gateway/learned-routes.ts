import {
  type Amount,
  createLearner,
  type Expected,
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
import { holds } from "./body-tools.ts";
import { looksOf, questionOf } from "./request-looks.ts";
import type { KeptContracts, RouteSteering } from "./route-control.ts";

/** What is learned for one request, and remembered once it is decided. */
export interface LearningRequest {
  /** Absent: its pool does not choose by what it learns. */
  readonly rank?: LearnedRank;
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

/** Door 6 of pools that learn: whom to choose, or only who keeps the contracts of its answers. Owned by one gateway. */
export interface LearnedRoutes {
  /**
   * `undefined`: the pool learns nothing.
   *
   * @param leftMs Until the deadline of the request.
   */
  readonly begin: (
    assigned: Assigned,
    rules: RouteRules,
    asked: {
      readonly hints: RouteHints;
      readonly leftMs: () => number;
      readonly decoded: DecodedOnce;
      readonly isGuarded: boolean;
    },
  ) => LearningRequest | undefined;
  /** For a question, of which its prompt may be known. `cascadeWithinMs`: until its deadline, where its answer has a contract. */
  readonly ask: (
    route: string,
    rules: RouteRules,
    asked: Pick<LearnedRequest, "cascadeWithinMs"> & {
      readonly prompt: string | undefined;
      readonly isGuarded: boolean;
    },
  ) => Pick<LearningRequest, "rank" | "refine"> | undefined;
  readonly settled: (record: RequestRecord) => void;
  readonly steer: (route: string, action: RouteSteering) => void;
  /** What was seen of the contracts of a pool's models; `undefined`: the pool does not mind. */
  readonly contractsOf: (
    rules: RouteRules,
    route: string,
    targets: readonly Pick<Target, "model">[] | undefined,
  ) => readonly KeptContracts[] | undefined;
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
        ...keptOf(memory, { rules, isHeld: cascadeWithinMs !== undefined }, target),
        quality: keeps * mean,
        isQualityLearned: true,
        qualityLow: isFloored ? keeps * memory.lowestQuality(target.model, known, features) : undefined,
      };
    },
  });
  /** A pool that learns of its targets only who keeps contracts. */
  const watched = (route: string, rules: RouteRules, isHeld: boolean): Pick<LearningRequest, "refine"> => ({
    refine: (target, _prior, expect) => ({
      ...expect(undefined),
      ...keptOf(learner.routeOf(route), { rules, isHeld }, target),
    }),
  });
  return {
    learner,
    steer: (route, action) => {
      if (action === "reset") learner.forget(route);
      else if (action === "freeze" || action === "resume") learner.routeOf(route).freeze(action === "freeze");
    },
    begin: (assigned, rules, { hints: { isCritical = false }, leftMs, decoded, isGuarded }) => {
      const route = assigned.facts.model;
      if (rules.strategy !== "learned") {
        if (rules.minContract === undefined) return undefined;
        const contract = holds(assigned.body, contractMarks)
          ? lookedInto(decoded, ({ call }) => contractOf(call, schemas))
          : undefined;
        return { ...watched(route, rules, contract !== undefined), contract, took: () => undefined };
      }
      const { features, contract } =
        lookedInto(decoded, ({ call }) => ({
          features: looksOf(call),
          contract: contractOf(call, schemas),
        })) ?? {};
      const cascadeWithinMs = contract === undefined ? undefined : leftMs();
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
    ask: (route, rules, { prompt, cascadeWithinMs, isGuarded }) => {
      if (rules.strategy !== "learned")
        return rules.minContract === undefined
          ? undefined
          : watched(route, rules, cascadeWithinMs !== undefined);
      const features = prompt === undefined ? undefined : featuresOfPrompt(prompt);
      return parts(route, { rules, features, isCritical: true, cascadeWithinMs, isGuarded }, () => undefined);
    },
    contractsOf: ({ minContract }, route, targets = []) =>
      minContract === undefined
        ? undefined
        : [...new Set(targets.map(({ model }) => model))].flatMap((model) => {
            const kept = learner.routeOf(route).contractsOf(model);
            return kept === undefined ? [] : [{ model, ...kept }];
          }),
    settled: (record) => {
      const { id, model, provider, upstreamModel, outcome, cost, usage, contract } = record;
      const isChosenFor = learner.ended({
        requestId: id,
        target:
          provider === null || upstreamModel === null
            ? undefined
            : { name: `${provider}/${upstreamModel}`, model: upstreamModel },
        isWhole: outcome === "completed",
        costNanoUsd: cost?.nanoUsd ?? null,
        outputTokens: usage?.basis === "reported" ? usage.output.total : undefined,
        isSound: soundOf(record),
        isKept: contract === undefined ? undefined : contract === "kept",
        broken: record.attempts.flatMap(({ code, model: asked }) =>
          code === "upstream_contract_broken" ? [asked] : [],
        ),
      });
      if (!isChosenFor && contract !== undefined && model !== null && upstreamModel !== null)
        learner.routeOf(model).checked(upstreamModel, contract === "kept");
    },
  };
}

/** One of them stands in every body, of any dialect, whose answer has a contract to keep. */
const contractMarks = [
  '"tools"',
  '"json_object"',
  '"json_schema"',
  '"responseMimeType"',
  '"response_mime_type"',
  '"responseSchema"',
  '"response_schema"',
  '"responseJsonSchema"',
  '"response_json_schema"',
] as const;

/** What was seen of a target's contracts, where its pool asks for it and this answer has one. */
const keptOf = (
  { contractsOf }: ReturnType<Learner["routeOf"]>,
  { rules: { minContract }, isHeld }: { readonly rules: RouteRules; readonly isHeld: boolean },
  { model }: Target,
): Pick<Expected, "kept"> => (minContract === undefined || !isHeld ? {} : { kept: contractsOf(model) });

/** A body that cannot be read is refused where it is sent; here it is a request without looks. */
function lookedInto<Seen>(
  decoded: DecodedOnce,
  look: (seen: ReturnType<DecodedOnce>) => Seen,
): Seen | undefined {
  try {
    return look(decoded());
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
