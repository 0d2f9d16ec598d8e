import type { Funded } from "../exchange/exchange.ts";
import type { Candidate } from "../exchange/target.ts";
import { milliseconds } from "../kernel/units.ts";
import type { Timer } from "../ports/timer.ts";
import type { AnswerCheck } from "./answer-check.ts";
import type { Hold } from "./live-stream.ts";
import type { ResilienceRules } from "./resilience.ts";
import { isReasoner } from "./tell-health.ts";
import type { TryLimits } from "./watch.ts";

/** A request, as far as it says how long is waited for it. */
interface Limited {
  readonly funded: Funded;
  readonly rules: ResilienceRules;
  readonly leftMs: () => number;
}

/** A token is about four bytes: enough for a limit of time. */
const bytesPerKiloToken = 4096;

export function limitsOf({ funded, rules, leftMs }: Limited, candidate: Candidate): TryLimits {
  const { timeouts } = rules;
  const isReasoning = isReasoner(candidate);
  const firstMs = isReasoning ? timeouts.firstReasoningMs : timeouts.firstMs;
  const forPrompt = (funded.body.byteLength / bytesPerKiloToken) * timeouts.firstPerKiloTokenMs;
  return {
    firstMs: funded.facts.isStream ? firstMs + forPrompt : timeouts.wholeMs,
    idleMs: isReasoning ? timeouts.idleReasoningMs : timeouts.idleMs,
    leftMs: leftMs(),
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
