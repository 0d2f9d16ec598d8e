import type { Call } from "../../exchange/call.ts";
import type { AnswerContext, CallFacts, DecodeContext, Transcript } from "../../exchange/codec.ts";
import type { Part } from "../../exchange/part.ts";
import { type Permit, type Residency, zonesOnly } from "../../exchange/permit.ts";
import type { Candidate } from "../../exchange/target.ts";
import { GatewayError } from "../../kernel/errors.ts";
import type { EpochMs } from "../../kernel/units.ts";
import type { Sealer } from "../../ports/sealer.ts";
import { unwrapSeal, wrapSeal } from "./envelope.ts";
import { createKept, type Kept } from "./kept.ts";
import { createContinuityMemory } from "./memory.ts";
import { pinOf, type SealOrigins } from "./pin.ts";
import { worthKeeping } from "./remember.ts";
import { type Restored, restoreState, type StateSource } from "./restore.ts";
import type { ContinuitySettings } from "./settings.ts";

/** What door 8 asks of this room, around each call. */
export interface Continuity {
  /** Opens what a client brought, and finds the answers it goes on from. */
  readonly contextFor: (tenant: string) => Required<Pick<DecodeContext, "unwrap" | "earlier">>;
  /** Closes what the client is given, for the candidate that answers. */
  readonly wrapFor: (candidate: Candidate) => NonNullable<AnswerContext["wrap"]>;
  /** The call with the state that its candidate can open. */
  readonly restore: (call: Call, candidate: Candidate, tenant: string) => Restored;
  /** Keeps what an answer's tool calls need, when the answer is whole. */
  readonly remember: (parts: readonly Part[], candidate: Candidate, whose: Whose) => void;
  /** Keeps who made the state of these ids. */
  readonly issued: (ids: readonly string[], candidate: Candidate, tenant: string) => void;
  /**
   * The candidates in the order in which they can go on with this call's state; those that cannot are translated to,
   * so that the state is taken out.
   * @throws GatewayError \`no_eligible_upstream\` where only one account can and it is not among them.
   */
  readonly pinned: (
    candidates: readonly Candidate[],
    asked: { readonly facts: CallFacts; readonly call: () => Call; readonly tenant: string },
  ) => readonly Candidate[];
  /** Whether the candidate's account made the state of this id. */
  readonly isIssuer: (id: string, candidate: Candidate, tenant: string) => boolean;
  /** Whether anything is known of state that a client may bring without a mark of ours on it. */
  readonly knowsState: () => boolean;
  /** Translated answers, which later requests of the same client may name. */
  readonly answers: Pick<Kept<Transcript>, "find" | "drop"> & {
    readonly keep: (id: string, answer: Transcript, whose: Whose & { readonly residency: Residency }) => void;
  };
  /** Where a kept answer, and all that led to it, may be. */
  readonly residencyOf: (tenant: string, answerId: string | undefined) => Residency;
}

/** Whose content is remembered, and the leave to. */
interface Whose {
  readonly tenant: string;
  readonly permit: Permit;
}

export function createContinuity(
  sealer: Sealer,
  settings: ContinuitySettings,
  { now, onRestored }: { readonly now: () => EpochMs; readonly onRestored: (source: StateSource) => void },
): Continuity {
  const memory = createContinuityMemory(
    { bytesMax: settings.memoryBytesMax, ttlMs: settings.memoryTtlMs },
    now,
  );
  const issuers = createKept<string>(issuerBounds, (boundary) => 100 + 2 * boundary.length, now);
  const answers = createKept<Transcript & { readonly residency: Residency }>(
    {
      bytesMax: settings.answersBytesMax,
      entryBytesMax: settings.answersBytesMax,
      ttlMs: settings.answersTtlMs,
    },
    ({ id, input, output, answer }) => 200 + 2 * (id.length + input.length + output.length + answer.length),
    now,
  );
  const boundaries = new WeakMap<Candidate["endpoint"], string>();
  /** The account in which a provider's state opens: one entry of the configuration at one address; told to nobody. */
  const boundaryAt = ({ target, endpoint }: Candidate): string => {
    const known = boundaries.get(endpoint);
    if (known !== undefined) return known;
    const made = sealer.mark(`boundary ${target.provider} ${endpoint.origin}${endpoint.basePath}`);
    boundaries.set(endpoint, made);
    return made;
  };
  const originsFor = (tenant: string): SealOrigins => ({
    remembered: (callId) => memory.find(tenant, callId),
    issuer: (id) => issuers.find(tenant, id),
  });
  return {
    contextFor: (tenant) => ({
      unwrap: (text) => unwrapSeal(text, sealer),
      earlier: (answerId) => answers.find(tenant, answerId),
    }),
    wrapFor: (candidate) => {
      const boundary = boundaryAt(candidate);
      return (seal) => wrapSeal(seal, boundary, sealer);
    },
    restore: (call, candidate, tenant) => {
      const destination = { dialect: candidate.endpoint.codec.dialect, boundary: boundaryAt(candidate) };
      const restored = restoreState(call, destination, originsFor(tenant));
      for (const source of restored.sources) onRestored(source);
      return restored;
    },
    remember: (parts, candidate, { tenant }) => {
      for (const [callId, remembered] of worthKeeping(parts, boundaryAt(candidate)))
        memory.keep(tenant, callId, remembered);
    },
    issued: (ids, candidate, tenant) => {
      for (const id of ids) issuers.keep(tenant, id, boundaryAt(candidate));
    },
    pinned: (candidates, { facts: { continues }, call, tenant }) => {
      const issuer = continues === undefined ? undefined : issuers.find(tenant, continues);
      const pin = issuer ?? (candidates.length > 1 ? pinOf(call(), originsFor(tenant)) : undefined);
      if (pin === undefined) return candidates;
      const able = candidates.filter((candidate) => boundaryAt(candidate) === pin);
      if (issuer !== undefined || settings.whenUnavailable === "refuse")
        return able.length > 0 ? able : unable();
      const others = candidates.filter((candidate) => !able.includes(candidate));
      return [...able, ...others.map((candidate): Candidate => ({ ...candidate, lane: "canonical" }))];
    },
    isIssuer: (id, candidate, tenant) => issuers.find(tenant, id) === boundaryAt(candidate),
    knowsState: () => memory.bytes() > 0 || issuers.bytes() > 0,
    answers: {
      ...answers,
      keep: (id, answer, { tenant, residency }) =>
        answers.keep(tenant, id, { ...answer, residency: zonesOnly(residency) }),
    },
    residencyOf: (tenant, answerId) =>
      (answerId === undefined ? undefined : answers.find(tenant, answerId)?.residency) ?? [],
  };
}

/** Ids of answers and of sealed items: a few hundred thousand. */
const issuerBounds = { bytesMax: 64 * 1024 ** 2, entryBytesMax: 64 * 1024, ttlMs: 86_400_000 };

function unable(): never {
  const message =
    "The state that this request goes on from opens only in the account that made it, and none of the targets of this model is in it.";
  throw new GatewayError("no_eligible_upstream", message, { message });
}
