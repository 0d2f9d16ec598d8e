import type { Call } from "../../exchange/call.ts";
import type { AnswerContext, DecodeContext } from "../../exchange/codec.ts";
import type { Part } from "../../exchange/part.ts";
import type { Candidate } from "../../exchange/target.ts";
import type { Sealer } from "../../ports/sealer.ts";
import { unwrapSeal, wrapSeal } from "./envelope.ts";
import type { ContinuityMemory } from "./memory.ts";
import { worthKeeping } from "./remember.ts";
import { type Restored, restoreState } from "./restore.ts";

/** What door 8 asks of this room, around each translated call. */
export interface Continuity {
  /** Opens what the client brought. */
  readonly unwrap: NonNullable<DecodeContext["unwrap"]>;
  /** Closes what the client is given, for the candidate that answers. */
  readonly wrapFor: (candidate: Candidate) => NonNullable<AnswerContext["wrap"]>;
  /** The call with the state that its candidate can open. */
  readonly restore: (call: Call, candidate: Candidate, tenant: string) => Restored;
  /** Keeps what an answer's tool calls need, when the answer is whole. */
  readonly remember: (parts: readonly Part[], candidate: Candidate, tenant: string) => void;
}

export function createContinuity(sealer: Sealer, memory: ContinuityMemory): Continuity {
  const boundaries = new WeakMap<Candidate["endpoint"], string>();
  /** The account in which a provider's state opens: one entry of the configuration at one address; told to nobody. */
  const boundaryOf = ({ target, endpoint }: Candidate): string => {
    const known = boundaries.get(endpoint);
    if (known !== undefined) return known;
    const made = sealer.mark(`boundary ${target.provider} ${endpoint.origin}${endpoint.basePath}`);
    boundaries.set(endpoint, made);
    return made;
  };
  return {
    unwrap: (text) => unwrapSeal(text, sealer),
    wrapFor: (candidate) => {
      const boundary = boundaryOf(candidate);
      return (seal) => wrapSeal(seal, boundary, sealer);
    },
    restore: (call, candidate, tenant) =>
      restoreState(
        call,
        { dialect: candidate.endpoint.codec.dialect, boundary: boundaryOf(candidate) },
        (callId) => memory.find(tenant, callId),
      ),
    remember: (parts, candidate, tenant) => {
      for (const [callId, remembered] of worthKeeping(parts, boundaryOf(candidate)))
        memory.keep(tenant, callId, remembered);
    },
  };
}
