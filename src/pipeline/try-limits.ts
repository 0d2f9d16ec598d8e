import type { Funded } from "../exchange/exchange.ts";
import type { Candidate } from "../exchange/target.ts";
import { milliseconds } from "../kernel/units.ts";
import type { Timer } from "../ports/timer.ts";
import type { AnswerCheck } from "./answer-check.ts";
import type { Hold } from "./live-stream.ts";
import type { ResilienceRules, Retrier } from "./resilience.ts";
import { isReasoner } from "./tell-health.ts";
import type { TryResult } from "./try-result.ts";
import type { TryLimits } from "./watch.ts";

/** A request, as far as it says how long is waited for it. */
interface Limited {
  readonly funded: Funded;
  readonly rules: ResilienceRules;
  readonly leftMs: () => number;
  readonly ports: { readonly retrier: Pick<Retrier, "firstLimitMs" | "firstCame" | "firstMissed"> };
}

/** A token is about four bytes: enough for a limit of time. */
const bytesPerKiloToken = 4096;

/** @param mayLeave Whether others could be asked instead; absent: it is waited for, however late it is. */
export function limitsOf(
  { funded, rules, leftMs, ports: { retrier } }: Limited,
  candidate: Candidate,
  mayLeave: (() => boolean) | undefined,
): TryLimits {
  const { timeouts } = rules;
  const { facts, body } = funded;
  const isReasoning = isReasoner(candidate);
  const firstMs = isReasoning ? timeouts.firstReasoningMs : timeouts.firstMs;
  const forPrompt = (body.byteLength / bytesPerKiloToken) * timeouts.firstPerKiloTokenMs;
  const limits = {
    firstMs: facts.isStream ? firstMs + forPrompt : timeouts.wholeMs,
    idleMs: isReasoning ? timeouts.idleReasoningMs : timeouts.idleMs,
    leftMs: leftMs(),
  };
  // The length of a whole answer is the client's wish: nothing is usual there.
  if (!facts.isStream || !timeouts.learnFirst || mayLeave === undefined) return limits;
  const { target } = candidate;
  const ms = retrier.firstLimitMs(target, body.byteLength);
  if (ms === undefined || ms >= limits.firstMs) return limits;
  const leave = (): boolean => {
    const isLeft = mayLeave();
    if (isLeft) retrier.firstMissed(target, body.byteLength, ms);
    return isLeft;
  };
  return { ...limits, early: { ms, leave } };
}

/** Learns how long the first word of one try takes, if it is a stream. */
export interface FirstNote {
  /** It came, ms after the try had begun: what is kept back at the start of a stream is no time of its target's. */
  readonly came: (ms: number) => void;
  readonly ended: (result: TryResult, tookMs: number) => void;
}

export function createFirstNote(
  { funded: { body, facts }, ports: { retrier } }: Pick<Limited, "funded" | "ports">,
  { target }: Candidate,
): FirstNote {
  let hasCome = false;
  return {
    came: (ms) => {
      hasCome = true;
      retrier.firstCame(target, body.byteLength, ms);
    },
    ended: (result, tookMs) => {
      const isOutrun = result.kind === "failed" && result.failure.code === "hedge_lost";
      // Without those whom a copy overtook the late ones would be missing, and the limit too short.
      if (isOutrun && facts.isStream && !hasCome) retrier.firstCame(target, body.byteLength, tookMs);
    },
  };
}

/** More of a stream is never kept back. */
const heldBytesMax = 256 * 1024;
const heldMsMax = 10_000;

export function holdOf(
  { rules, timer }: { readonly rules: ResilienceRules; readonly timer: Timer },
  check: AnswerCheck | undefined,
): Hold | undefined {
  const hold = check?.isEnforced === true ? "all" : rules.hold;
  if (hold === undefined) return undefined;
  const { bytes, ms } = hold === "all" ? { bytes: heldBytesMax, ms: heldMsMax } : hold;
  return { bytes, start: (release) => void timer.after(milliseconds(ms), release) };
}
