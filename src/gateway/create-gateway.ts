import { type AbilitiesSettings, createQuirkMemory } from "../capabilities/abilities/index.ts";
import { type ContinuitySettings, createContinuity } from "../capabilities/continuity/index.ts";
import type { Pressure } from "../capabilities/overload/index.ts";
import type { PriceRow } from "../capabilities/pricing/index.ts";
import { createTokenCount } from "../capabilities/token-count/index.ts";
import { GatewayError } from "../kernel/errors.ts";
import { after, milliseconds, seconds } from "../kernel/units.ts";
import { createWaiting, type Waiting } from "../pipeline/caller.ts";
import { createRelays, type Relays } from "../pipeline/relay.ts";
import type { Clock } from "../ports/clock.ts";
import type { EventLog } from "../ports/event-log.ts";
import type { Expressions } from "../ports/expressions.ts";
import type { Logger } from "../ports/logger.ts";
import type { MessageForms } from "../ports/message-forms.ts";
import type { MessageSockets } from "../ports/message-socket.ts";
import type { Meter } from "../ports/meter.ts";
import type { Random } from "../ports/random.ts";
import type { RequestSigner } from "../ports/request-signer.ts";
import type { SchemaChecker } from "../ports/schema-checker.ts";
import type { Sealer } from "../ports/sealer.ts";
import type { InboundHandler } from "../ports/server.ts";
import type { StateStore } from "../ports/state-store.ts";
import type { Timer } from "../ports/timer.ts";
import type { Tokenizer } from "../ports/tokenizer.ts";
import type { Transport, Tunnels } from "../ports/transport.ts";
import { attemptPortsOf } from "./attempt-ports.ts";
import { createChoices } from "./choices.ts";
import type { ClientKeys } from "./client-keys.ts";
import { clientCodecs } from "./codecs.ts";
import type { Control, GatewayState } from "./control.ts";
import { dataRoutes } from "./data-routes.ts";
import { createDoors } from "./doors.ts";
import { measureEndpoints } from "./endpoint-metrics.ts";
import { onFaultOf } from "./faults.ts";
import { stateOf } from "./gateway-state.ts";
import { createGuarding } from "./guarding.ts";
import { createHealth } from "./health.ts";
import { createIngress } from "./ingress.ts";
import { createLearnedKeeper, type LearnedKeeper, routingMemory } from "./keep-learned.ts";
import { createRecords } from "./keep-record.ts";
import { createRequestMetrics } from "./metrics.ts";
import type { OperatorControl } from "./operators.ts";
import { createOutlook } from "./outlook.ts";
import { createOwnGrpc } from "./own-grpc.ts";
import { createPlaces } from "./places.ts";
import { createPriceWatch } from "./price-watch.ts";
import { pricesControl } from "./prices.ts";
import { createResidencyGuard } from "./residency.ts";
import { createServiceStates } from "./route-states.ts";
import type { Sessions } from "./sessions.ts";
import type { Snapshot } from "./snapshot.ts";
import { watchKeys } from "./sockets.ts";
import { measureStates } from "./state-metrics.ts";
import { translate } from "./translate.ts";
import { createTranslationTallies } from "./translation-tallies.ts";
import { createTrust } from "./trust.ts";
import type { TrustParts } from "./trust-parts.ts";
import { type AnswerToHead, answerToHead } from "./unrouted.ts";
import { createUpstreamStates } from "./upstream-states.ts";

const keepAliveAfter = seconds(15);
const sweepEvery = seconds(5);

/** The world, as ports; and what was opened before the gateway. */
export interface GatewayParts {
  readonly version: string;
  readonly mode: GatewayState["mode"];
  readonly clock: Clock;
  readonly random: Random;
  readonly timer: Timer;
  readonly logger: Logger;
  readonly transport: Transport;
  /** HTTP/2. */
  readonly transport2: Transport;
  readonly tunnels: Tunnels;
  readonly messageSockets: MessageSockets;
  /** Loaded when the first call needs them. */
  readonly messageForms: () => Promise<MessageForms>;
  /** SHA-1 in base64, for handshakes. */
  readonly sha1: (text: string) => string;
  readonly tokenizer: Tokenizer;
  readonly schemas: SchemaChecker;
  readonly expressions: Expressions;
  readonly signer: RequestSigner;
  readonly meter: Meter;
  readonly exposition: () => string;
  readonly eventLog: EventLog;
  readonly states: StateStore;
  readonly keys: ClientKeys;
  readonly trust: TrustParts;
  readonly sessions: Sessions;
  readonly operators: OperatorControl;
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
  /** Absent: nobody looks how the process fares, and nobody is shed for it. */
  readonly pressure?: () => Pressure;
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
  /** The listener closes next: who only watches is let go. */
  readonly stopWatches: () => void;
  /** Ends every call that is still open, with an error its client understands. */
  readonly cutOpen: () => void;
  /** Heads that become no request: counted, and what their clients are told. */
  readonly heads: { readonly refused: (code: string) => void; readonly answer: AnswerToHead };
  readonly learned: LearnedKeeper;
}

/** Builds a gateway of its parts: rooms, doors, keepers and the control interface over them. */
export function createGateway(parts: GatewayParts): Gateway {
  const { clock, timer, logger } = parts;
  let { snapshot } = parts;
  let isDraining = false;
  const startedAt = clock.now();
  const waiting = createWaiting();
  const relays = createRelays(keepAliveAfter);
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
  const { series, totals, requests, keeper } = createRecords(parts, tokenCount, metrics);
  const ingress = createIngress(parts, () => snapshot, metrics);
  const residency = createResidencyGuard(parts, () => snapshot, metrics);
  const guarding = createGuarding(clock);
  const choices = createChoices(parts, () => snapshot, {
    ...{ guarding, tokenCount, metrics, logger, residency },
    state: continuity,
  });
  const health = createHealth(parts, () => snapshot, metrics, choices.answered);
  const places = createPlaces(parts, snapshot);
  measureEndpoints(parts.meter, places.balancing.states);
  const priceWatch = createPriceWatch(clock, logger, metrics.priceAlert);
  const trust = createTrust(
    parts.trust,
    { ...parts, tokenCount, isStrained: ingress.isStrained },
    () => snapshot,
    (...asked) => outlook.runsOut(...asked),
  );
  const services = createServiceStates({ ...parts, ...trust }, () => snapshot, places.balancing.states);
  const routes = dataRoutes(clientCodecs);
  const doors = createDoors({
    ...parts,
    snapshot: () => snapshot,
    routes,
    ingress,
    ...trust,
    waiting,
    relays,
    tokenCount,
    learner: choices.learned,
    planDoor: choices.door,
    oversight: guarding.oversight,
    onGuarded: guarding.onGuarded,
    mayAsk: () => !isDraining && ingress.isCalm(),
    metrics,
    residency,
    servicePlaces: places,
    tallies: services.tallies,
    sockets: { ...parts, open: services.sockets },
    attemptPorts: attemptPortsOf(parts, () => snapshot, {
      ingress,
      health,
      quirks,
      places,
      metrics,
      state: continuity,
      permits: residency,
      loads: choices.loads,
      onTried: upstreams.onTried,
    }),
    keep: (record) => keep(record),
    onFault: onFaultOf(logger),
  });
  const outlook = createOutlook(parts, () => snapshot, metrics, choices.control.routes);
  const keep = keeper([choices, translations], [residency, outlook, priceWatch, services, trust]);
  const learned = createLearnedKeeper(
    [
      routingMemory(choices.learned),
      guarding.memory,
      residency.memory,
      ...outlook.memories,
      ...health.memories,
    ],
    parts,
  );
  measureStates(parts.meter, { ...health.control, slots: ingress.slots, routing: choices.control });
  const ownGrpc = createOwnGrpc(parts, doors, {
    snapshot: () => snapshot,
    isReady: () => !isDraining,
    onFault: onFaultOf(logger),
  });
  timer.every(sweepEvery, () => relays.sweep(clock.monotonic()));
  for (const open of [relays, waiting]) watchKeys(open, { ...parts, ...trust });
  return {
    handle: ownGrpc.handle,
    swap: (next) => {
      snapshot = next;
      named = namesOf(next);
      for (const room of [outlook, places, trust]) room.configure(next);
      health.configure();
    },
    startDraining: () => {
      isDraining = true;
      ownGrpc.healthChanged();
      places.balancing.close();
      services.sockets.stopAll();
    },
    stopWatches: ownGrpc.stopWatches,
    cutOpen: () => cutOpen(waiting, relays),
    heads: { refused: metrics.refusedHead, answer: answerToHead(parts, routes) },
    learned,
    control: {
      state: () => ({
        ...stateOf(parts, { startedAt, totals }),
        generation: snapshot.generation,
        isDraining,
        inFlight: ingress.inFlight.count(),
        overload: ingress.state(),
      }),
      series: (minutes) => series.points(Math.min(60, minutes), clock.now()),
      upstreams: () => upstreams.states(snapshot),
      models: () => upstreams.models(snapshot, quirks.list()),
      ...health.control,
      balancing: { list: places.balancing.states, steer: places.balancing.steer },
      routing: choices.control,
      regions: residency.control,
      slots: ingress.slots,
      ...{ ...services.control, ...outlook.control, ...trust.control },
      quirks: { list: quirks.list, set: quirks.set },
      catalog: parts.catalog,
      translations: { pairs: translations.pairs, translate: (wanted) => translate(wanted, snapshot.table) },
      prices: pricesControl(parts, () => snapshot, priceWatch),
      ...{ requests, session: parts.sessions, config: parts.config },
      ...parts.keys.control(() => snapshot.regions.settings.zones),
      operators: parts.operators,
      metrics: parts.exposition,
    },
  };
}

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
