import type { Continuity } from "../capabilities/continuity/index.ts";
import { mayUse } from "../capabilities/identity/index.ts";
import { priceOf } from "../capabilities/pricing/index.ts";
import { type Learner, listModels } from "../capabilities/routing/index.ts";
import type { TokenCount } from "../capabilities/token-count/index.ts";
import type { Refuser } from "../exchange/codec.ts";
import type { Assigned } from "../exchange/exchange.ts";
import type { Cost, RequestRecord } from "../exchange/settlement.ts";
import type { Target } from "../exchange/target.ts";
import type { Usage } from "../exchange/usage.ts";
import { uuidv7 } from "../kernel/ids.ts";
import { utf8Length } from "../kernel/utf8.ts";
import { attempt } from "../pipeline/attempt.ts";
import { followCaller, type Waiting } from "../pipeline/caller.ts";
import { type EncodePorts, encode, refuse } from "../pipeline/encode.ts";
import type { Doors } from "../pipeline/handle.ts";
import type { AttemptPorts } from "../pipeline/one-try.ts";
import { assign, recall } from "../pipeline/open-doors.ts";
import { decode, readJsonBytes } from "../pipeline/receive.ts";
import type { Relays } from "../pipeline/relay.ts";
import { type SettlePorts, settle } from "../pipeline/settle.ts";
import { openTrail, type Trail } from "../pipeline/trail.ts";
import type { Random } from "../ports/random.ts";
import type { InboundRequest } from "../ports/server.ts";
import type { Tokenizer } from "../ports/tokenizer.ts";
import { headersOfAll } from "./answer-marks.ts";
import { createCallDoors } from "./call-doors.ts";
import { countHere } from "./count-tokens.ts";
import type { dataRoutes } from "./data-routes.ts";
import { egressOfTrail } from "./egress.ts";
import { takeFeedback } from "./feedback.ts";
import type { Guards } from "./guards.ts";
import { createIdentify, type IdentifyParts } from "./identify-door.ts";
import type { Ingress } from "./ingress.ts";
import { planKept } from "./kept-answers.ts";
import { modelsAnswer } from "./models-answer.ts";
import { createOverseer, type OverseerParts } from "./overseer.ts";
import { createRawDoor } from "./raw-door.ts";
import { createRealtimeDoor } from "./realtime-door.ts";
import { receiveHead } from "./receive-head.ts";
import { refusedBy } from "./refused-by.ts";
import type { ResidencyGuard } from "./residency.ts";
import { createServiceDoor, type ServiceDoorParts } from "./service-door.ts";
import type { Snapshot } from "./snapshot.ts";
import { refuserBeforeRoute } from "./unrouted.ts";
import type { Vouching } from "./vouching.ts";

/** Everything the doors are wired to. */
export interface DoorParts
  extends IdentifyParts,
    Pick<
      ServiceDoorParts,
      "identityTokens" | "servicePlaces" | "transport2" | "tunnels" | "sockets" | "tallies"
    > {
  readonly random: Random;
  readonly snapshot: () => Snapshot;
  readonly digestOf: (text: string) => string;
  readonly routes: ReturnType<typeof dataRoutes>;
  readonly ingress: Ingress;
  readonly guards: Guards;
  readonly vouching: Vouching;
  readonly prove: Doors<Snapshot>["prove"];
  readonly waiting: Waiting;
  readonly relays: Relays;
  readonly tokenCount: TokenCount;
  readonly learner: Pick<Learner, "judge">;
  readonly planDoor: Doors<Snapshot>["plan"];
  readonly oversight: OverseerParts["oversight"];
  readonly onGuarded: OverseerParts["onGuarded"];
  readonly mayAsk: OverseerParts["mayAsk"];
  readonly metrics: OverseerParts["metrics"];
  readonly logger: OverseerParts["logger"];
  readonly tokenizer: Tokenizer;
  readonly residency: ResidencyGuard;
  readonly attemptPorts: AttemptPorts & { readonly state: Continuity };
  readonly keep: (record: RequestRecord) => void;
  readonly onFault: (fault: unknown) => void;
}

const feedbackBytesMax = 1024 * 1024;

/** What the usage of a call costs, at the provider that answered it. */
function priceOfTrail(
  { candidate, facts, snapshot, at }: Trail<Snapshot>,
  usage: Usage | undefined,
): Cost | undefined {
  if (usage === undefined || candidate === undefined) return undefined;
  const { provider, priceProvider, region, model } = candidate.target;
  return priceOf(snapshot.rateCard, { provider, priceProvider, region, model, at, tier: facts?.tier }, usage);
}

const costPorts = { priceOf: priceOfTrail, egressOf: egressOfTrail };

/** Whether a target may be sent what this request brings. */
const withinOf =
  (
    { facts: { model }, identity: { residency } }: Assigned,
    { header }: InboundRequest,
    { snapshot: { regions }, bound: earlier }: Trail<Snapshot>,
    parts: Pick<DoorParts, "residency">,
  ) =>
  (target: Target): boolean =>
    parts.residency.boundsOf({ model, residency, earlier }, header, regions).refusalOf(target) === undefined;

/** Wires the rooms to the doors: the only place that knows which room stands at which door. */
export function createDoors(parts: DoorParts): Doors<Snapshot> {
  const { clock, random, routes, ingress } = parts;
  const startedAt = clock.now();
  const settlePorts = {
    clock,
    generationOf: (snapshot: Snapshot) => snapshot.generation,
    ...costPorts,
    release: ingress.inFlight.leave,
    keep: parts.keep,
    onFault: parts.onFault,
  };
  const encodePorts: EncodePorts<Snapshot> = {
    clock,
    relays: parts.relays,
    ...costPorts,
    commonHeaders: (trail) => headersOfAll(trail, ingress),
    settle: (trail, ending) => settle(trail, ending, settlePorts),
  };
  const door1 = createIdentify(parts);
  const answerHere = createAnswer(settlePorts, encodePorts);
  return {
    open: (inbound) => {
      const at = clock.now();
      const target = inbound.target.split("?", 1)[0] ?? "/";
      return openTrail({
        id: uuidv7(at, random.bytes(10)),
        at,
        startedAt: clock.monotonic(),
        monotonic: clock.monotonic,
        snapshot: parts.snapshot(),
        method: inbound.method,
        target,
      });
    },
    receive: receiveHead(routes),
    prove: parts.prove,
    identify: door1,
    listModels: (identified, inbound, trail) => {
      const allowed = listModels(trail.snapshot.table).filter((entry) =>
        mayUse(identified.identity.models, entry.name),
      );
      trail.stages.record("encode", "answer", `${allowed.length} models of this key`);
      answerHere(inbound, trail, {
        body: modelsAnswer(allowed, identified.route.codec.dialect, startedAt),
        headers: [],
      });
    },
    takeFeedback: async ({ identity }, inbound, trail) => {
      const body = await readJsonBytes(inbound, trail, feedbackBytesMax);
      trail.stages.record("decode", "read", `${body.length} bytes of feedback`);
      const { status, body: told, reason } = takeFeedback(body, identity.keyId, parts.learner);
      trail.stages.record("encode", "answer", reason);
      answerHere(inbound, trail, { status, body: told, headers: [] });
    },
    findKept: (identified, inbound, trail) => {
      const found = planKept(identified, trail.snapshot, parts.attemptPorts.state);
      if (found.kind === "onward") return found.request;
      trail.stages.record("recall", "answer", found.reason);
      answerHere(inbound, trail, { body: found.body, headers: [] });
      return undefined;
    },
    enter: ({ identity }, { header }) => ingress.enter(identity, header),
    relayRaw: createRawDoor(parts, encodePorts),
    serve: createServiceDoor({ ...parts, identify: door1 }, encodePorts),
    talk: createRealtimeDoor(parts, encodePorts),
    decode: (identified, inbound, trail) => decode(identified, inbound, trail, trail.snapshot.bodyBytesMax),
    ...createCallDoors(parts),
    assign,
    recall: (assigned, inbound, trail) => {
      const counted = countHere(assigned, trail.snapshot, parts, withinOf(assigned, inbound, trail, parts));
      if (counted === undefined) return recall(assigned, trail);
      void counted.then(({ body, reason }) => {
        trail.stages.record("recall", "answer", reason);
        answerHere(inbound, trail, { body, headers: ["x-sallyport-estimated", "1"] });
      });
      return undefined;
    },
    plan: createOverseer({ ...parts, settle: encodePorts.settle })(parts.planDoor),
    attempt: (funded, inbound, trail) =>
      attempt(
        funded,
        {
          trail,
          caller: followCaller(inbound, parts.waiting),
          rules: trail.snapshot.resilienceOf(funded.facts.model),
        },
        parts.attemptPorts,
      ),
    encode: (funded, attempted, inbound, trail) => {
      if (attempted.result.kind === "failed")
        ingress.refused(attempted.result.failure.shed, inbound.header, { isAdmitted: true });
      encode(funded, attempted, { trail, reply: inbound.reply, ports: encodePorts });
    },
    refuse: createRefusal(parts, encodePorts),
  };
}

/** An answer that no upstream has a part in. */
function createAnswer(
  settlePorts: SettlePorts<Snapshot>,
  { commonHeaders }: EncodePorts<Snapshot>,
): (inbound: InboundRequest, trail: Trail<Snapshot>, answer: OwnAnswer) => void {
  return ({ reply }, trail, { status = 200, body, headers }) => {
    trail.status = status;
    trail.bytesOut = utf8Length(body);
    reply.onSent(() => settle(trail, { outcome: "completed" }, settlePorts));
    reply.onGone(() => settle(trail, { outcome: "aborted" }, settlePorts));
    reply.whole(status, [...commonHeaders(trail), ...headers, "content-type", "application/json"], body);
  };
}

interface OwnAnswer {
  readonly status?: 200 | 202;
  readonly body: string;
  readonly headers: readonly string[];
}

/** The one answer to everything thrown on the way. */
function createRefusal(
  { routes, onFault, ingress }: DoorParts,
  ports: EncodePorts<Snapshot>,
): Doors<Snapshot>["refuse"] {
  return (error, inbound, trail) => {
    const codec: Refuser = trail.received?.route.codec ?? refuserBeforeRoute(inbound, error, routes);
    if (error.code === "internal") onFault(error);
    const { shed } = error.facts;
    ingress.refused(shed, inbound.header, trail);
    const wasTried = trail.attempts.length > 0;
    const door = shed !== undefined && !trail.isAdmitted ? "admit" : refusedBy(trail);
    if (door !== undefined && !wasTried && error.code !== "client_closed")
      trail.stages.record(door, "refuse", error.publicMessage);
    refuse(error, codec, {
      trail,
      reply: inbound.reply,
      ports,
      outcome: error.code === "internal" || wasTried ? "failed" : "refused",
    });
  };
}
