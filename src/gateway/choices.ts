import { mayUse } from "../capabilities/identity/index.ts";
import { distanceMs, nowhere } from "../capabilities/residency/index.ts";
import {
  type Amount,
  type Expected,
  type Learner,
  narrowed,
  plan,
  type RouteRules,
  readHints,
} from "../capabilities/routing/index.ts";
import type { TokenCount } from "../capabilities/token-count/index.ts";
import type { Decision } from "../exchange/decision.ts";
import type { Assigned, Planned } from "../exchange/exchange.ts";
import type { Residency } from "../exchange/permit.ts";
import type { Target } from "../exchange/target.ts";
import { GatewayError } from "../kernel/errors.ts";
import { uniformOf } from "../kernel/uniform.ts";
import { elapsed } from "../kernel/units.ts";
import { readTimeLimit } from "../pipeline/deadline.ts";
import type { Doors } from "../pipeline/handle.ts";
import type { Loads } from "../pipeline/loads.ts";
import { type DecodedOnce, decodeOnce } from "../pipeline/prepare.ts";
import type { StateKeeper } from "../pipeline/state-keeper.ts";
import type { Trail } from "../pipeline/trail.ts";
import type { Clock } from "../ports/clock.ts";
import type { Expressions } from "../ports/expressions.ts";
import type { Logger } from "../ports/logger.ts";
import type { Random } from "../ports/random.ts";
import type { SchemaChecker } from "../ports/schema-checker.ts";
import type { InboundRequest } from "../ports/server.ts";
import { createConditions } from "./conditions.ts";
import { decideOnly, othersOf, priorOf } from "./decide-only.ts";
import { decisionText } from "./decision-text.ts";
import { egressTo } from "./egress.ts";
import { type AskedOfTarget, createExpectations, type Expectations, type Road } from "./expectations.ts";
import type { Guarding } from "./guarding.ts";
import { createLearnedRoutes } from "./learned-routes.ts";
import type { RequestMetrics } from "./metrics.ts";
import { createMisfit } from "./misfit.ts";
import type { ResidencyGuard } from "./residency.ts";
import type { RouteState, RoutingControl } from "./route-control.ts";
import type { Snapshot } from "./snapshot.ts";
import { createStickyPlaces } from "./sticky-places.ts";

/** Door 6 with all that it knows, learns and has decided. Owned by one gateway. */
export interface Choices {
  readonly door: Doors<Snapshot>["plan"];
  readonly settled: Expectations["settled"];
  readonly answered: Expectations["answered"];
  readonly control: RoutingControl;
  readonly loads: Loads;
  /** What pools that learn know. */
  readonly learned: Learner;
}

const decisionsMax = 50;
const shiftText = "a model answers otherwise than before; what was known of it counts for little now";

/** What of the world decides. */
interface ChoicePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly schemas: SchemaChecker;
  readonly expressions: Expressions;
  /** A keyed digest of a text. */
  readonly digestOf: (text: string) => string;
}

export function createChoices(
  { clock, random, schemas, expressions, digestOf }: ChoicePorts,
  snapshot: () => Snapshot,
  parts: {
    readonly tokenCount: Pick<TokenCount, "estimate" | "atLeast">;
    readonly state: Pick<StateKeeper, "contextFor" | "residencyOf">;
    readonly metrics: Pick<RequestMetrics, "decided" | "shifted">;
    readonly logger: Pick<Logger, "warn">;
    readonly residency: ResidencyGuard;
    readonly guarding: Guarding;
  },
): Choices {
  const { last, note } = createLastDecisions(clock, parts.metrics);
  const turns = new Map<string, Map<string, number>>();
  const uniform = (): number => uniformOf(random.bytes);
  const expectations = createExpectations(clock, parts.tokenCount, roadFrom(snapshot));
  const learned = createLearnedRoutes(
    {
      now: clock.now,
      random: uniform,
      onShift: (route, model) => {
        parts.metrics.shifted(route);
        parts.logger.warn(shiftText, { route, model });
      },
    },
    schemas,
  );
  const isGuarded = (pool: string): boolean => parts.guarding.isGuarded(pool, snapshot().table);
  const sticky = createStickyPlaces({ clock, random, digestOf });
  const misfits = createMisfit(parts.tokenCount);
  const conditions = createConditions({ expressions, clock }, parts.tokenCount, parts.logger);
  /** Only pools have turns: they are the configuration's, and few; other names are the clients'. */
  const turnsOf = (pool: string): Map<string, number> => {
    const known = turns.get(pool) ?? new Map<string, number>();
    if (snapshot().table.pools.has(pool)) turns.set(pool, known);
    return known;
  };
  /** What door 6 decides, and what is learned of it once it stands. */
  const chosen = (
    assigned: Assigned,
    inbound: InboundRequest,
    { snapshot: { table, rateCard, resilienceOf, regions }, startedAt, bound }: Trail<Snapshot>,
  ) => {
    const hints = readHints(inbound.header);
    const { model } = assigned.facts;
    const asked = askedOf(assigned, table);
    const decoded = decodeOnce(assigned, parts.state);
    const taken = conditions.take(assigned, table, { hints, header: inbound.header, decoded });
    const rules = table.pools.has(model)
      ? (taken?.rules ?? narrowed(table.routes.get(model), hints))
      : undefined;
    const leftMs = (): number =>
      readTimeLimit(inbound.header, resilienceOf(model).timeouts.totalMs) -
      elapsed(startedAt, clock.monotonic());
    const learning =
      rules && learned.begin(assigned, rules, { hints, leftMs, decoded, isGuarded: isGuarded(model) });
    const expect = (target: Target, outputTokens?: Amount): Expected =>
      expectations.expect(target, { ...asked, outputTokens }, rateCard);
    const place = sticky.find(assigned, rules, { decoded, header: inbound.header });
    const before = parts.state.residencyOf(assigned.identity.keyId, assigned.facts.continues);
    const earlier = bound.length === 0 ? before : [...before, ...bound];
    const planned = plan(assigned, table, mayUse, {
      taken,
      misfitOf: misfits(assigned, decoded),
      kept: place?.kept,
      expect:
        learning === undefined
          ? expect
          : (target) =>
              learning.refine(target, priorOf(table, model, target), (tokens) => expect(target, tokens)),
      random: uniform,
      turnsOf,
      hints,
      bounds: parts.residency.boundsOf(boundOf(assigned, inbound, earlier), inbound.header, regions),
      learned: learning?.rank,
    });
    if (isExhausted(rules, planned.plan.decision)) throw exhausted(model);
    const looks = { decoded, contract: learning?.contract };
    return { planned: rules === undefined ? planned : withLooks(planned, looks), learning, place };
  };
  const stateOf = ([name, rules]: readonly [string, RouteRules]): RouteState => ({
    name,
    rules,
    decisions: last.get(name) ?? [],
    learned: rules.strategy === "learned" ? learned.learner.routeOf(name).state() : undefined,
    oversight: parts.guarding.stateOf(name, rules),
    contracts: learned.contractsOf(rules, name, snapshot().table.pools.get(name)),
  });
  return {
    learned: learned.learner,
    loads: expectations.loads,
    answered: expectations.answered,
    settled: (record) => {
      expectations.settled(record);
      learned.settled(record);
      sticky.settled(record);
    },
    door: (assigned, inbound, trail) => {
      const { table } = trail.snapshot;
      const { model } = assigned.facts;
      const { planned, learning, place } = chosen(assigned, inbound, trail);
      const { decision, candidates } = planned.plan;
      learning?.took(parts.residency.here(planned.residency, "learning"));
      place?.took(trail.id, candidates[0].target);
      trail.cookie = place?.cookie;
      if (decision !== undefined && table.routes.has(model)) note(model, trail.id, decision);
      trail.stages.record("plan", "route", inWords(planned.plan));
      return planned;
    },
    control: {
      // Nobody has set up the virtual ones: they are shown once somebody asks for them.
      routes: () =>
        [...snapshot().table.routes]
          .filter(([name]) => !snapshot().table.virtual.has(name) || last.has(name))
          .map(stateOf),
      endpoints: expectations.endpoints,
      evaluate: (name, policy, since) =>
        snapshot().table.routes.get(name)?.strategy === "learned"
          ? learned.learner.reevaluate(name, policy, since)
          : undefined,
      steer: (name, action) => {
        const rules = snapshot().table.routes.get(name);
        if (rules === undefined || !isLearning(rules)) return undefined;
        parts.guarding.steer(name, rules, action);
        learned.steer(name, action);
        return stateOf([name, rules]);
      },
      decide: (wanted) =>
        decideOnly(wanted, snapshot(), {
          expectations,
          random: uniform,
          learned,
          conditions,
          residency: parts.residency,
          isGuarded,
        }),
    },
  };
}

/** The last decisions of each pool, newest first. */
function createLastDecisions({ now }: Pick<Clock, "now">, metrics: Pick<RequestMetrics, "decided">) {
  const last = new Map<string, RouteState["decisions"]>();
  return {
    last,
    note: (pool: string, requestId: string, decision: Decision): void => {
      const noted = { ...decision, requestId, at: now() };
      last.set(pool, [noted, ...(last.get(pool) ?? [])].slice(0, decisionsMax));
      metrics.decided(pool, decision);
    },
  };
}
/** What binds a request, and who asks. */
const boundOf = (
  { facts: { model }, identity: { residency } }: Assigned,
  { remoteAddress: address }: InboundRequest,
  earlier: Residency,
): Parameters<ResidencyGuard["boundsOf"]>[0] => ({ model, residency, earlier, sink: "attempt", address });

/** What a request asks of each target of its pool. */
const askedOf = (
  { body, facts: { isStream, outputTokensMax, model } }: Assigned,
  table: Snapshot["table"],
): AskedOfTarget => ({
  prompt: { bytes: body.byteLength },
  isStream,
  outputTokensMax,
  others: othersOf(table, model),
});

const roadFrom = (snapshot: () => Snapshot): Road => ({
  distanceMs: ({ zones = nowhere }) => distanceMs(snapshot().regions.here, zones),
  egress: (target) => egressTo(snapshot().regions, target)?.mean,
});

/** Who is asked, and why, for the record of the door. */
function inWords({ reason, decision, candidates }: Planned["plan"]): string {
  const [first, ...others] = candidates.map(({ target }) => target.provider);
  const after = others.length === 0 ? "" : `, then ${others.join(", ")}`;
  const why = decision === undefined ? "" : `; ${decisionText(decision)}`;
  return `${reason}: \`${first}\`${after}${why}`;
}

/** The plan with what was found out on the way to it. */
function withLooks(
  planned: Planned,
  {
    decoded,
    contract,
  }: { readonly decoded: DecodedOnce; readonly contract: Planned["contract"] | undefined },
): Planned {
  return {
    ...planned,
    decoded,
    ...(contract === undefined ? {} : { contract }),
    ...(planned.plan.decision?.learned?.cascade !== undefined && { isCascade: true }),
  };
}

const isLearning = ({ strategy, minContract }: RouteRules): boolean =>
  strategy === "learned" || minContract !== undefined;

const isExhausted = (rules: RouteRules | undefined, decision: Decision | undefined): boolean =>
  rules?.exhausted === "refuse" && decision?.learned?.isOutOfCredit === true;

function exhausted(model: string): GatewayError {
  const message = `What \`${model}\` may spend at once is used up; its credit grows with each request.`;
  return new GatewayError("budget_exhausted", message, { message });
}
