import type { AnswerGuard } from "../exchange/answer-guard.ts";
import type { SeenAnswer } from "../exchange/contract.ts";
import type { Funded, Received } from "../exchange/exchange.ts";
import type { Finish } from "../exchange/finish.ts";
import type { Identity } from "../exchange/identity.ts";
import type { TargetRule } from "../exchange/permit.ts";
import type { ServiceTarget } from "../exchange/service-target.ts";
import type { Aside, AttemptRecord, Cost, Outcome, PolicyRecord } from "../exchange/settlement.ts";
import type { Candidate } from "../exchange/target.ts";
import type { Usage } from "../exchange/usage.ts";
import type { Warning } from "../exchange/warning.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { RequestId } from "../kernel/ids.ts";
import { type EpochMs, elapsed, type Milliseconds, type MonotonicMs } from "../kernel/units.ts";
import type { GraphqlOperation } from "../ports/graphql.ts";
import type { AnswerCheck } from "./answer-check.ts";
import type { Flow } from "./counted-transport.ts";
import type { Hold } from "./hold.ts";
import type { OpenLoad } from "./loads.ts";
import { createStageLog, type StageLog } from "./stage-log.ts";

/** What a request leaves behind on its way; each field is written by the door that knows it and read by settle. */
export interface Trail<Snapshot> {
  readonly id: RequestId;
  readonly at: EpochMs;
  readonly startedAt: MonotonicMs;
  /** The configuration this request began with; a reload does not change it. */
  readonly snapshot: Snapshot;
  readonly method: string;
  readonly target: string;
  readonly stages: StageLog;
  readonly attempts: AttemptRecord[];
  readonly warnings: Warning[];
  /** Candidates that were not asked, and why: they fail, or are at their limit. */
  readonly passedOver: { readonly candidate: Candidate; readonly why: "failures" | "full" }[];
  /** What was told of the answer by targets that broke off, where another took it up. */
  readonly pieces: Piece[];
  /** What was sent and received, of each try. */
  readonly flows: Flow[];
  /** What was taken for it at the doors, and is told its end. */
  readonly holds: Hold[];
  /** What policies say of each target that it might be sent to. */
  readonly bound: TargetRule[];
  /** What policies change of it on its way up. */
  readonly edits: PolicyEdits;
  /** What policies want it counted against. */
  readonly limits: PolicyLimit[];
  /** Told what was answered upstream, before a byte of it goes down; may change the headers that do. Absent: nobody is. */
  onAnswer: OnAnswer | undefined;
  /** What policies said of it, for its record. */
  policy: (() => PolicyRecord | undefined) | undefined;
  /** Headers that the guards want on its answer: a flat list. */
  readonly told: string[];
  /** Told of an operation of GraphQL before it is run. @throws GatewayError `policy_denied`. Absent: nobody asks. */
  onOperation?: (operation: Pick<GraphqlOperation, "name" | "type" | "cost" | "depth">) => void;
  /** Takes what an operation costs, once it was read. @throws GatewayError `rate_limited`. Absent: nobody counts it. */
  charge?: (graphqlCost: number) => void;
  /** Who signed it; `undefined`: nobody whose key is ours. */
  proven: Identity | undefined;
  /** The furthest types the request has worn. */
  received: Received | undefined;
  identified:
    | Pick<Identity, "keyId" | "name" | "tenant" | "project" | "user" | "expiresAt" | "token" | "priority">
    | undefined;
  facts: { readonly model: string; readonly isStream: boolean; readonly tier?: string } | undefined;
  bytesIn: number;
  funded: Funded | undefined;
  /** Whether a place is held that settle must give back. */
  isAdmitted: boolean;
  candidate: Candidate | undefined;
  /** Where the route of an ordinary service leads. */
  service: ServiceTarget | undefined;
  answerModel: string | undefined;
  usage: Usage | undefined;
  /** Known before settle only for answers that came whole: the head or the last message may tell it. */
  cost: Cost | undefined;
  /** Text relayed so far in bytes: the base of an estimate when the call is cut. */
  textBytes: (() => number) | undefined;
  finish: Finish | undefined;
  /** The answer was ended by the gateway before its upstream had counted it. */
  isCut: boolean;
  status: number;
  /** What a client of gRPC is told. */
  grpcStatus: number | undefined;
  firstByteMs: Milliseconds | undefined;
  bytesOut: number;
  events: number;
  isSettled: boolean;
  /** What the answer that the client gets is held against. */
  check: AnswerCheck | undefined;
  /** What the answer sets; absent: nothing. */
  cookie: string | undefined;
  /** At the target whose answer the client gets. */
  load: OpenLoad | undefined;
  /** The gateway asks on its own account; absent: a client does. */
  readonly aside?: Aside;
  /** Looks at the request once its answer has gone, so that nobody waits for it; what it notes stands in the record. */
  lateLook?: () => void;
  /** Makes what one answer is held to; absent: nothing. */
  guardAnswer?: () => AnswerGuard;
  /** Told the answer that the client has got whole, once it is settled; absent: nobody besides it reads it. */
  onAnswered?: (answer: SeenAnswer) => void;
  /** To be called when the answer breaks off by its target's fault. */
  onBroken: (() => void) | undefined;
}

/** Who has asked, and until when that is somebody. */
export interface Opener {
  readonly keyId: string | null;
  readonly expiresAt?: Identity["expiresAt"] | undefined;
  /** Of an issuer. */
  readonly token?: Identity["token"] | undefined;
  /** Whom it belongs to. */
  readonly owner?: Pick<Identity, "tenant" | "project"> | undefined;
}

export const openerOf = ({ identified }: Trail<unknown>): Opener => ({
  keyId: identified?.keyId ?? null,
  expiresAt: identified?.expiresAt,
  token: identified?.token,
  owner: identified,
});

/** What who has asked is told when its key ends before its answer. */
export const revoked = (): GatewayError =>
  new GatewayError("unauthenticated", "the key of a stream is not valid any more", {
    message: "The key of this request is not valid any more.",
    reason: "revoked",
  });
/** By their names; `undefined`: it is taken away. */
export interface PolicyEdits {
  readonly headers: Map<string, string | undefined>;
  readonly query: Map<string, string | undefined>;
}

/** A limit by its id, and what the request costs in it, in the limit's unit; absent: what it usually does. */
export interface PolicyLimit {
  readonly policy: string;
  readonly use: string;
  readonly cost?: number;
}

/** @throws GatewayError `policy_denied`. @returns The flat list of headers that goes down. */
export type OnAnswer = (status: number, headers: readonly string[]) => readonly string[];

/** A part of an answer whose target broke off, or one that broke its contract. */
export interface Piece {
  readonly candidate: Candidate;
  readonly usage: Usage | undefined;
  /** Of text that was relayed. */
  readonly textBytes: number;
}

/** How a request ended: the input of settle. */
export interface Ending {
  readonly outcome: Outcome;
  readonly error?: GatewayError;
}

export function openTrail<Snapshot>(parts: {
  readonly id: RequestId;
  readonly at: EpochMs;
  readonly startedAt: MonotonicMs;
  readonly monotonic: () => MonotonicMs;
  readonly snapshot: Snapshot;
  readonly method: string;
  readonly target: string;
  readonly aside?: Aside;
}): Trail<Snapshot> {
  const { id, at, startedAt, snapshot, method, target, aside } = parts;
  const trail: Trail<Snapshot> = {
    id,
    at,
    startedAt,
    snapshot,
    method,
    target,
    stages: createStageLog(parts.monotonic, startedAt),
    attempts: [],
    warnings: [],
    passedOver: [],
    pieces: [],
    flows: [],
    holds: [],
    bound: [],
    edits: { headers: new Map(), query: new Map() },
    limits: [],
    onAnswer: undefined,
    policy: undefined,
    told: [],
    proven: undefined,
    received: undefined,
    identified: undefined,
    facts: undefined,
    bytesIn: 0,
    funded: undefined,
    isAdmitted: false,
    candidate: undefined,
    service: undefined,
    answerModel: undefined,
    usage: undefined,
    cost: undefined,
    textBytes: undefined,
    finish: undefined,
    isCut: false,
    status: 0,
    grpcStatus: undefined,
    firstByteMs: undefined,
    bytesOut: 0,
    events: 0,
    isSettled: false,
    check: undefined,
    cookie: undefined,
    load: undefined,
    onBroken: undefined,
  };
  return aside === undefined ? trail : { ...trail, aside };
}

/** Milliseconds since the request arrived. */
export const sinceArrival = (trail: Trail<unknown>, now: MonotonicMs): Milliseconds =>
  elapsed(trail.startedAt, now);
