import type { Call } from "../exchange/call.ts";
import type { Contract, SeenAnswer } from "../exchange/contract.ts";
import type { Funded } from "../exchange/exchange.ts";
import type { Candidate } from "../exchange/target.ts";
import { bytes } from "../kernel/units.ts";
import { attempt } from "./attempt.ts";
import type { Caller, Waiting } from "./caller.ts";
import { failureError } from "./failure-error.ts";
import type { GuardedCall } from "./guard.ts";
import type { AttemptPorts } from "./one-try.ts";
import type { ResilienceRules } from "./resilience.ts";
import type { Ending, Trail } from "./trail.ts";
import type { TryResult } from "./try-result.ts";

/** A call that the gateway makes on its own account: to one target, once, and whole. */
export interface AsideCall {
  readonly call: Call;
  readonly candidate: Candidate;
  readonly contract: Contract | undefined;
  /** On whose occasion: its content stays where theirs may be, and state that it brings is theirs. */
  readonly of: Funded;
  readonly route: Funded["route"];
}

/** What came of it; no answer: it failed, or was cut. */
export interface AsideAnswer {
  readonly answer: SeenAnswer | undefined;
  /** `undefined`: it is not known, and there may have been one. */
  readonly costNanoUsd: number | undefined;
}

/** After these a provider may have answered all the same, and charges for it. */
const mayHaveCost: ReadonlySet<string> = new Set([
  "upstream_timeout",
  "deadline_exceeded",
  "upstream_stream_broken",
  "upstream_malformed_response",
  "upstream_unreachable",
  "overloaded",
]);

/** What is seen of such a call is no evidence. */
const noEvidence: GuardedCall = {
  succeeded: () => undefined,
  failed: () => undefined,
  outrun: () => undefined,
  dropped: () => undefined,
  broke: () => undefined,
};

/**
 * Asks aside: with the permits, limits, cool-downs and records of any call, but no second try, no wait for a place or a
 * cool-down, and no word to the breakers.
 *
 * @param settle Door 10. It prices the call.
 */
export async function askAside<Snapshot>(
  aside: AsideCall,
  {
    trail,
    rules,
    waiting,
  }: { readonly trail: Trail<Snapshot>; readonly rules: ResilienceRules; readonly waiting: Waiting },
  {
    ports,
    settle,
  }: { readonly ports: AttemptPorts; readonly settle: (trail: Trail<Snapshot>, ending: Ending) => void },
): Promise<AsideAnswer> {
  const funded = fundedOf(aside);
  trail.facts = { model: funded.facts.model, isStream: false };
  const { candidate, result } = await attempt(
    funded,
    { trail, caller: nobody(waiting), rules: once(rules) },
    quietly(ports),
  );
  trail.candidate = candidate;
  if (result.kind === "failed") {
    trail.status = result.failure.status ?? 0;
    settle(trail, { outcome: "failed", error: failureError(result.failure) });
  } else if (result.kind === "stream") {
    // It was not asked for.
    result.stream.abort();
    settle(trail, { outcome: "aborted" });
  } else {
    const { model, usage, finish } = result.tapped;
    trail.status = result.head.status;
    trail.answerModel = model;
    trail.usage = usage;
    trail.finish = finish;
    settle(trail, { outcome: "completed" });
  }
  return {
    answer: result.kind === "whole" ? trail.check?.answer() : undefined,
    costNanoUsd: trail.cost?.nanoUsd ?? (mayBeCharged(result, trail) ? undefined : 0),
  };
}

const mayBeCharged = (result: TryResult, { attempts }: Pick<Trail<unknown>, "attempts">): boolean =>
  attempts.length > 0 && (result.kind !== "failed" || mayHaveCost.has(result.failure.code));

function fundedOf({ call, candidate, contract, of, route }: AsideCall): Funded {
  const { model, provider } = candidate.target;
  const { outputTokensMax } = call.sampling;
  const { contract: _contract, plan: planned, ...rest } = of;
  const { decision: _decision, ...plan } = planned;
  const own = { ...call, isStream: false };
  return {
    ...rest,
    route,
    body: new Uint8Array(0),
    facts: {
      model: `${provider}/${model}`,
      isStream: false,
      wantsUsage: true,
      ...(outputTokensMax === undefined ? {} : { outputTokensMax }),
      ...(call.tier === undefined ? {} : { tier: call.tier }),
    },
    plan: { ...plan, candidates: [{ ...candidate, lane: "canonical" }], reason: "aside" },
    decoded: () => ({ call: own, warnings: [] }),
    isRead: true,
    isCascade: false,
    ...(contract === undefined ? {} : { contract }),
    funding: { worstCaseNanoUsd: null, inputBytes: bytes(of.body.byteLength) },
  };
}

/** Nobody waits for it; a drain whose time is up ends it. */
function nobody(waiting: Waiting): Caller {
  let stopped: ReturnType<Caller["stopped"]>;
  let act: Parameters<Caller["onStop"]>[0] | undefined;
  const leave = waiting.join((failure) => {
    stopped ??= failure;
    act?.(failure);
  });
  return {
    header: () => undefined,
    stopped: () => stopped,
    onStop: (next) => {
      act = next;
      if (stopped !== undefined) next(stopped);
    },
    leave,
  };
}

/** Nobody waits for it: it must not hold a place for long. */
const totalMsMax = 180_000;

const once = (rules: ResilienceRules): ResilienceRules => ({
  ...rules,
  timeouts: {
    ...rules.timeouts,
    wholeMs: Math.min(rules.timeouts.wholeMs, totalMsMax),
    totalMs: Math.min(rules.timeouts.totalMs, totalMsMax),
  },
  retry: { perTarget: 1, total: 1, waitForRetryAfterMs: 0 },
  cooldownMaxWaitMs: 0,
  recovery: [],
  hedge: undefined,
  hold: undefined,
});

const quietly = (ports: AttemptPorts): AttemptPorts => ({
  ...ports,
  guard: {
    ...ports.guard,
    admit: (target) =>
      ports.guard.isAvailable(target)
        ? { kind: "permitted", call: noEvidence }
        : { kind: "refused", retryAfterMs: 0 },
  },
  // What it brings is the client's; what comes of it is nobody's.
  state: {
    ...ports.state,
    remember: () => undefined,
    issued: () => undefined,
    answers: { ...ports.state.answers, keep: () => undefined },
  },
  slots: { ...ports.slots, wait: () => Promise.resolve({ shed: "aside", retryAfterMs: 0 }) },
  priorityOf: () => "batch",
  onShed: () => undefined,
});
