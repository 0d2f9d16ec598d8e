import {
  type AbilitiesSettings,
  createAbilities,
  createQuirkMemory,
} from "../capabilities/abilities/index.ts";
import { type ContinuitySettings, createContinuity } from "../capabilities/continuity/index.ts";
import { createBulkheads, createInFlight, priorityOf } from "../capabilities/overload/index.ts";
import type { PriceRow } from "../capabilities/pricing/index.ts";
import { createSeries, keepRecord, noTotals, recordOf } from "../capabilities/telemetry/index.ts";
import { createTokenCount } from "../capabilities/token-count/index.ts";
import type { Framing } from "../exchange/dialect.ts";
import { createEventStreamReader } from "../framing/aws-event-stream.ts";
import { createJsonArrayReader } from "../framing/json-array.ts";
import { createSseReader } from "../framing/sse.ts";
import { GatewayError } from "../kernel/errors.ts";
import { after, milliseconds, seconds } from "../kernel/units.ts";
import { createWaiting, type Waiting } from "../pipeline/caller.ts";
import { createHandle } from "../pipeline/handle.ts";
import type { FrameReader } from "../pipeline/live-stream.ts";
import { createRelays, type Relays } from "../pipeline/relay.ts";
import type { Clock } from "../ports/clock.ts";
import type { EventLog } from "../ports/event-log.ts";
import type { Expressions } from "../ports/expressions.ts";
import type { Logger } from "../ports/logger.ts";
import type { Meter } from "../ports/meter.ts";
import type { Random } from "../ports/random.ts";
import type { RequestSigner } from "../ports/request-signer.ts";
import type { SchemaChecker } from "../ports/schema-checker.ts";
import type { Sealer } from "../ports/sealer.ts";
import type { InboundHandler } from "../ports/server.ts";
import type { StateStore } from "../ports/state-store.ts";
import type { Timer } from "../ports/timer.ts";
import type { Tokenizer } from "../ports/tokenizer.ts";
import type { Transport } from "../ports/transport.ts";
import { holds, membersOf, spliceBody } from "./body-tools.ts";
import { breakerControl, createBreakers } from "./breakers.ts";
import { createChoices } from "./choices.ts";
import { type ClientKeys, withKnownZones } from "./client-keys.ts";
import { clientCodecs } from "./codecs.ts";
import type { Control, GatewayState } from "./control.ts";
import { dataRoutes } from "./data-routes.ts";
import { createDoors } from "./doors.ts";
import { measureEndpoints } from "./endpoint-metrics.ts";
import { stateOf } from "./gateway-state.ts";
import { createHedging } from "./hedging.ts";
import { createLearnedKeeper, type LearnedKeeper, routingMemory } from "./keep-learned.ts";
import { learnTokens } from "./learn-tokens.ts";
import { createRequestMetrics } from "./metrics.ts";
import { createOutlook } from "./outlook.ts";
import { createPlaces } from "./places.ts";
import { createPriceWatch } from "./price-watch.ts";
import { pricesControl } from "./prices.ts";
import { createResidencyGuard } from "./residency.ts";
import { createRetrier } from "./retrier.ts";
import type { Sessions } from "./sessions.ts";
import type { Snapshot } from "./snapshot.ts";
import { translate } from "./translate.ts";
import { createTranslationTallies } from "./translation-tallies.ts";
import { createUpstreamStates } from "./upstream-states.ts";
import { createViolations } from "./violations.ts";

const keepAliveAfter = seconds(15);
const sweepEvery = seconds(5);
const answerBytesMax = 64 * 1024 ** 2;

/** The world, as ports; and what was opened before the gateway. */
export interface GatewayParts {
  readonly version: string;
  readonly mode: GatewayState["mode"];
  readonly clock: Clock;
  readonly random: Random;
  readonly timer: Timer;
  readonly logger: Logger;
  readonly transport: Transport;
  readonly tokenizer: Tokenizer;
  readonly schemas: SchemaChecker;
  readonly expressions: Expressions;
  readonly signer: RequestSigner;
  readonly meter: Meter;
  readonly exposition: () => string;
  readonly eventLog: EventLog;
  readonly states: StateStore;
  readonly keys: ClientKeys;
  readonly sessions: Sessions;
  readonly digestOf: (key: string) => string;
  readonly sealer: Sealer;
  readonly continuity: ContinuitySettings;
  readonly abilities: AbilitiesSettings;
  readonly config: Control["config"];
  readonly catalog: Control["catalog"];
  /** The price rows that were set while the gateway runs. */
  readonly setRows: {
    readonly list: () => readonly PriceRow[];
    /** @throws GatewayError when one is not valid: then nothing changes. */
    readonly replace: (rows: readonly unknown[]) => void;
  };
  readonly vitals: () => GatewayState["process"];
  /** The first configuration, compiled. */
  readonly snapshot: Snapshot;
}

export interface Gateway {
  /** The data plane. */
  readonly handle: InboundHandler;
  readonly control: Control;
  /** Swaps the configuration that new requests read; those in flight keep theirs. */
  readonly swap: (snapshot: Snapshot) => void;
  /** From now on `/readyz` says no, so that balancers look elsewhere. */
  readonly startDraining: () => void;
  /** Ends every call that is still open, with an error its client understands. */
  readonly cutOpen: () => void;
  readonly refusedHead: (code: string) => void;
  readonly learned: LearnedKeeper;
}

const readers: Readonly<Record<Framing, () => FrameReader>> = {
  sse: createSseReader,
  "json-array": createJsonArrayReader,
  "aws-event-stream": createEventStreamReader,
};

/** Builds a gateway of its parts: rooms, doors, keepers and the control interface over them. */
export function createGateway(parts: GatewayParts): Gateway {
  const { clock, timer, logger, eventLog } = parts;
  let { snapshot } = parts;
  let isDraining = false;
  const startedAt = clock.now();
  const inFlight = createInFlight();
  const waiting = createWaiting();
  const relays = createRelays(keepAliveAfter);
  const series = createSeries();
  const totals = noTotals();
  const tokenCount = createTokenCount();
  const quirks = createQuirkMemory(parts.abilities.ttlMs, clock.now, (ms) =>
    after(clock.now(), milliseconds(ms)),
  );
  const upstreams = createUpstreamStates(clock);
  const continuity = createContinuity(parts.sealer, parts.continuity, {
    now: clock.now,
    onRestored: (source) => metrics.restored(source),
  });
  let named = namesOf(snapshot);
  const metrics = createRequestMetrics(parts.meter, (provider, model) => named.has(`${provider}/${model}`));
  const translations = createTranslationTallies();
  const slots = createBulkheads({ ...parts, rulesOf: (target) => snapshot.bulkheadOf(target) });
  const residency = createResidencyGuard(parts, () => snapshot, metrics);
  const choices = createChoices(parts, () => snapshot, {
    tokenCount,
    state: continuity,
    metrics,
    logger,
    residency,
  });
  const breakers = createBreakers(parts, () => snapshot, metrics);
  const retries = createRetrier(parts, () => snapshot, metrics, choices.answered);
  const hedging = createHedging(clock, metrics);
  const places = createPlaces(parts, snapshot);
  measureEndpoints(parts.meter, places.balancing.states);
  const priceWatch = createPriceWatch(clock, logger, metrics.priceAlert);
  const routes = dataRoutes(clientCodecs);
  const keepers = { log: eventLog, series, totals, measure: metrics.measure };
  const doors = createDoors({
    clock,
    random: parts.random,
    snapshot: () => snapshot,
    directory: parts.keys.directory,
    digestOf: parts.digestOf,
    routes,
    inFlight,
    waiting,
    relays,
    tokenCount,
    learner: choices.learned,
    planDoor: choices.door,
    tokenizer: parts.tokenizer,
    residency,
    attemptPorts: {
      clock,
      transport: parts.transport,
      splice: spliceBody,
      holds,
      timer,
      guard: breakers,
      permits: residency,
      loads: choices.loads,
      slots,
      priorityOf,
      ...hedging,
      places,
      retrier: retries,
      membersOf,
      healer: createAbilities(parts.abilities, quirks),
      newReader: (framing) => readers[framing](),
      answerBytesMax,
      state: continuity,
      onTried: upstreams.onTried,
      violations: createViolations(() => snapshot, metrics, logger),
      onRecovery: metrics.recovered,
    },
    keep: (record) => {
      learnTokens(record, tokenCount, metrics.estimated);
      choices.settled(record);
      residency.settled(record);
      outlook.settled(record);
      priceWatch.settled(record);
      translations.settled(record);
      keepRecord(record, keepers);
    },
    onFault: (fault) => logger.error("a request met a fault of the gateway", { fault: describe(fault) }),
  });
  const outlook = createOutlook(parts, () => snapshot, metrics, choices.control.routes);
  const learned = createLearnedKeeper(
    [routingMemory(choices.learned), residency.memory, ...outlook.memories],
    parts,
  );
  timer.every(sweepEvery, () => relays.sweep(clock.monotonic()));
  return {
    handle: createHandle(doors),
    swap: (next) => {
      snapshot = next;
      named = namesOf(next);
      outlook.configure(next);
      places.configure(next);
      retries.forgetBlocked();
    },
    startDraining: () => {
      isDraining = true;
      places.balancing.close();
    },
    cutOpen: () => cutOpen(waiting, relays),
    refusedHead: metrics.refusedHead,
    learned,
    control: {
      state: () => ({
        ...stateOf(parts, { startedAt, totals }),
        generation: snapshot.generation,
        isDraining,
        inFlight: inFlight.count(),
      }),
      series: (minutes) => series.points(Math.min(60, minutes), clock.now()),
      upstreams: () => upstreams.states(snapshot),
      models: () => upstreams.models(snapshot, quirks.list()),
      breakers: breakerControl(breakers, () => snapshot),
      balancing: { list: places.balancing.states, steer: places.balancing.steer },
      routing: choices.control,
      regions: residency.control,
      slots: slots.states,
      ...outlook.control,
      coolDowns: { list: retries.coolDowns, end: retries.endCoolDown },
      quirks: { list: quirks.list, set: quirks.set },
      catalog: parts.catalog,
      translations: { pairs: translations.pairs, translate: (wanted) => translate(wanted, snapshot.table) },
      prices: pricesControl(parts, () => snapshot, priceWatch),
      requests: requestLog(eventLog),
      keys: withKnownZones(parts.keys.control, () => snapshot.regions.settings.zones),
      config: parts.config,
      session: parts.sessions,
      metrics: parts.exposition,
    },
  };
}

const requestLog = ({ list, read }: EventLog): Control["requests"] => ({
  list,
  read: async (id) => {
    const found = await read(id);
    return found === undefined ? undefined : recordOf(found.body);
  },
});

function cutOpen(waiting: Waiting, relays: Relays): void {
  const error = new GatewayError("overloaded", "the gateway is shutting down", {
    message: "The gateway is shutting down.",
    retryAfterMs: 1000,
  });
  waiting.stopAll(error);
  relays.cutAll(error);
}

/** The models that the configuration names, as `provider/model`. */
function namesOf({ table }: Snapshot): ReadonlySet<string> {
  const listed = [...table.providers.values()].flatMap(({ id, listed: models }) =>
    models.map((model) => `${id}/${model}`),
  );
  const pooled = [...table.pools.values()].flatMap((targets) =>
    targets.map(({ provider, model }) => `${provider}/${model}`),
  );
  return new Set([...listed, ...pooled]);
}

function describe(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  const { cause } = fault;
  return cause instanceof Error
    ? `${fault.message} (${cause.stack ?? cause.message})`
    : (fault.stack ?? fault.message);
}
