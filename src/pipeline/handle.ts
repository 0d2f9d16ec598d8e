import type {
  Admitted,
  Assigned,
  Authorized,
  Decoded,
  Funded,
  Identified,
  Planned,
  Received,
  Route,
} from "../exchange/exchange.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { InboundHandler, InboundRequest } from "../ports/server.ts";
import type { Trail } from "./trail.ts";
import type { Attempted } from "./try-result.ts";

type AiRoute = Extract<Route, { kind: "ai" }>;
type ModelsRoute = Extract<Route, { kind: "models" }>;
type KeptRoute = Extract<Route, { kind: "kept" }>;
type FeedbackRoute = Extract<Route, { kind: "feedback" }>;
type RawRoute = Extract<Route, { kind: "raw" }>;
type RealtimeRoute = Extract<Route, { kind: "realtime" }>;
type ServiceRoute = Extract<Route, { kind: "service" }>;

/** The doors of a request. Each takes what the one before it gave; the types allow no other order. */
export interface Doors<Snapshot> {
  readonly open: (inbound: InboundRequest) => Trail<Snapshot>;
  readonly receive: (inbound: InboundRequest, trail: Trail<Snapshot>) => Received;
  /** Before door 1: whether what the client signed is what came. @returns The request to go on with: its body is the signed one. */
  readonly prove: (
    received: Received,
    inbound: InboundRequest,
    trail: Trail<Snapshot>,
  ) => InboundRequest | Promise<InboundRequest>;
  readonly identify: (
    received: Received,
    inbound: InboundRequest,
    trail: Trail<Snapshot>,
  ) => Identified | Promise<Identified>;
  readonly listModels: (
    identified: Identified<ModelsRoute>,
    inbound: InboundRequest,
    trail: Trail<Snapshot>,
  ) => void;
  /** What a client says of its answers. Ends in `settle`. */
  readonly takeFeedback: (
    identified: Identified<FeedbackRoute>,
    inbound: InboundRequest,
    trail: Trail<Snapshot>,
  ) => Promise<void>;
  /** `undefined`: it was answered here; ends in `settle`. */
  readonly findKept: (
    identified: Identified<KeptRoute>,
    inbound: InboundRequest,
    trail: Trail<Snapshot>,
  ) => Identified<RawRoute> | undefined;
  /** Door 3, first half: whether there is time for one more, before its body is read. */
  readonly enter: (
    identified: Identified<AiRoute | RawRoute | ServiceRoute | RealtimeRoute>,
    inbound: InboundRequest,
    trail: Trail<Snapshot>,
  ) => void;
  /** The raw lane: past the doors that read a call, to one provider and back. Ends in `settle`. */
  readonly relayRaw: (
    identified: Identified<RawRoute>,
    inbound: InboundRequest,
    trail: Trail<Snapshot>,
  ) => Promise<void>;
  /** An ordinary service: past the doors that read a call, there and back. Ends in `settle`. */
  readonly serve: (
    identified: Identified<ServiceRoute>,
    inbound: InboundRequest,
    trail: Trail<Snapshot>,
  ) => Promise<void>;
  /** A session of a realtime API: its handshake, then messages both ways. Ends in `settle`. */
  readonly talk: (
    identified: Identified<RealtimeRoute>,
    inbound: InboundRequest,
    trail: Trail<Snapshot>,
  ) => Promise<void>;
  readonly decode: (
    identified: Identified<AiRoute>,
    inbound: InboundRequest,
    trail: Trail<Snapshot>,
  ) => Promise<Decoded>;
  readonly authorize: (decoded: Decoded, inbound: InboundRequest, trail: Trail<Snapshot>) => Authorized;
  readonly admit: (authorized: Authorized, inbound: InboundRequest, trail: Trail<Snapshot>) => Admitted;
  readonly assign: (admitted: Admitted, trail: Trail<Snapshot>) => Assigned;
  /** `undefined`: it was answered here; ends in `settle`. */
  readonly recall: (
    assigned: Assigned,
    inbound: InboundRequest,
    trail: Trail<Snapshot>,
  ) => Assigned | undefined;
  readonly plan: (assigned: Assigned, inbound: InboundRequest, trail: Trail<Snapshot>) => Planned;
  readonly fund: (
    planned: Planned,
    inbound: InboundRequest,
    trail: Trail<Snapshot>,
  ) => Funded | Promise<Funded>;
  readonly attempt: (funded: Funded, inbound: InboundRequest, trail: Trail<Snapshot>) => Promise<Attempted>;
  /** Ends in `settle`, when the last byte has left. */
  readonly encode: (
    funded: Funded,
    attempted: Attempted,
    inbound: InboundRequest,
    trail: Trail<Snapshot>,
  ) => void;
  /** The one answer to everything thrown on the way; ends in `settle` too. */
  readonly refuse: (error: GatewayError, inbound: InboundRequest, trail: Trail<Snapshot>) => void;
}

/** The life of a request, as a table of contents. */
export function createHandle<Snapshot>(doors: Doors<Snapshot>): InboundHandler {
  /** `undefined`: it was kept here, and answered. */
  const past = (identified: Identified, inbound: InboundRequest, trail: Trail<Snapshot>) =>
    isKept(identified) ? doors.findKept(identified, inbound, trail) : identified;
  const run = async (arrived: InboundRequest): Promise<void> => {
    const trail = doors.open(arrived);
    try {
      const received = doors.receive(arrived, trail); //                       0 decode: the head
      const proven = doors.prove(received, arrived, trail); //                 1 identify: what is signed is what came
      // Nobody waits who need not: a refusal is cheapest at once.
      const inbound = proven instanceof Promise ? await proven : proven;
      const known = doors.identify(received, inbound, trail); //               1 identify: who asks
      const identified = known instanceof Promise ? await known : known;
      if (isModels(identified)) {
        doors.listModels(identified, inbound, trail);
        return;
      }
      if (isFeedback(identified)) {
        await doors.takeFeedback(identified, inbound, trail);
        return;
      }
      if (isService(identified)) {
        doors.enter(identified, inbound, trail);
        await doors.serve(identified, inbound, trail);
        return;
      }
      if (isRealtime(identified)) {
        doors.enter(identified, inbound, trail);
        await doors.talk(identified, inbound, trail);
        return;
      }
      const onward = past(identified, inbound, trail);
      if (onward === undefined) return;
      if (isRaw(onward)) {
        doors.enter(onward, inbound, trail);
        await doors.relayRaw(onward, inbound, trail);
        return;
      }
      if (!isAi(identified)) return;
      doors.enter(identified, inbound, trail); //                              3 admit: whether there is time
      const decoded = await doors.decode(identified, inbound, trail); //       0 decode: the body, of a known caller only
      const authorized = doors.authorize(decoded, inbound, trail); //          2 authorize
      const admitted = doors.admit(authorized, inbound, trail); //             3 admit: a place
      const assigned = doors.assign(admitted, trail); //                       4 assign
      const recalled = doors.recall(assigned, inbound, trail); //              5 recall
      if (recalled === undefined) return;
      const planned = doors.plan(recalled, inbound, trail); //                          6 plan
      const funded = await doors.fund(planned, inbound, trail); //             7 fund
      const attempted = await doors.attempt(funded, inbound, trail); //        8 attempt
      doors.encode(funded, attempted, inbound, trail); //                      9 encode, then 10 settle
    } catch (thrown) {
      doors.refuse(GatewayError.from(thrown), arrived, trail);
    }
  };
  return (inbound) => void run(inbound);
}

const isModels = (identified: Identified): identified is Identified<ModelsRoute> =>
  identified.route.kind === "models";
const isFeedback = (identified: Identified): identified is Identified<FeedbackRoute> =>
  identified.route.kind === "feedback";
const isKept = (identified: Identified): identified is Identified<KeptRoute> =>
  identified.route.kind === "kept";
const isRaw = (identified: Identified): identified is Identified<RawRoute> => identified.route.kind === "raw";
const isService = (identified: Identified): identified is Identified<ServiceRoute> =>
  identified.route.kind === "service";
const isRealtime = (identified: Identified): identified is Identified<RealtimeRoute> =>
  identified.route.kind === "realtime";
const isAi = (identified: Identified): identified is Identified<AiRoute> => identified.route.kind === "ai";
