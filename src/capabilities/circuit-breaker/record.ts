import { count, total } from "../../kernel/ring.ts";
import { addTime, createUsualTime } from "../../statistics/usual-time.ts";
import { wilsonLower } from "../../statistics/wilson.ts";
import {
  type Breaker,
  enter,
  fewPerSecond,
  longerColumns,
  type Moment,
  type Permit,
  perSecond,
  type Reason,
  type Rules,
  rampShares,
  recentColumns,
  retryAfterMsMax,
  startLevel,
  type Took,
  usualRules,
} from "./breaker.ts";

const levelMsMin = 2000;
const levelSuccessesMin = 3;
/** A failure long after the last one begins a new run. */
const runPauseMsMax = 60_000;
const runSpanMsMin = 1000;
const slowShareMin = 0.7;
const relapseShareMin = 0.2;

/** The target answered: a stream's first semantic event came, or a whole answer. */
export function succeeded(breaker: Breaker, permit: Permit, took: Took | undefined, moment: Moment): void {
  const { now, rules } = moment;
  count(breaker.recent, now, recentColumns.calls);
  count(breaker.longer, now, longerColumns.successes);
  permit.runBefore = breaker.run;
  breaker.run = 0;
  const isSlow = took !== undefined && noteTime(breaker, took, moment);
  if (permit.epoch !== breaker.epoch) return;
  if (permit.kind === "probe") {
    breaker.probes -= 1;
    if (isSlow && breaker.reason === "slow") reopen(breaker, "probe_failed", undefined, moment);
    else advanceProbe(breaker, rules, now);
  } else if (breaker.phase === "ramp") advanceRamp(breaker, now);
  else if (breaker.phase === "degraded") leaveDegraded(breaker, moment);
  else if (isSlow && breaker.phase === "closed" && isSlowOnTheWhole(breaker, now) && moment.hasOther())
    open(breaker, "slow", undefined, moment);
}

/** What was told as a success broke off later: it is taken back. */
export function broke(breaker: Breaker, permit: Permit, moment: Moment): void {
  noteFailure(breaker, moment.now, Math.max(breaker.run, permit.runBefore));
  judge(breaker, { ...permit, kind: permit.kind === "probe" ? "ramp" : permit.kind }, undefined, moment);
}

/** The target failed, by evidence. `retryAfterMs`: it said when to come back. */
export function failed(
  breaker: Breaker,
  permit: Permit,
  retryAfterMs: number | undefined,
  moment: Moment,
): void {
  count(breaker.recent, moment.now, recentColumns.calls);
  noteFailure(breaker, moment.now, breaker.run);
  if (permit.kind === "probe" && permit.epoch === breaker.epoch) breaker.probes -= 1;
  judge(breaker, permit, retryAfterMs, moment);
}

/** The call says nothing of the target: it was cancelled, or refused for a fault of its own. */
export function dropped(breaker: Breaker, permit: Permit): void {
  if (permit.kind === "probe" && permit.epoch === breaker.epoch) breaker.probes -= 1;
}

function noteFailure(breaker: Breaker, now: number, runBefore: number): void {
  count(breaker.recent, now, recentColumns.failures);
  breaker.failureCount += 1;
  breaker.lastFailureAt = now;
  const isNew = runBefore === 0 || now - breaker.runUntil > runPauseMsMax;
  if (isNew) breaker.runSince = now;
  breaker.run = isNew ? 1 : runBefore + 1;
  breaker.runUntil = now;
}

function judge(breaker: Breaker, permit: Permit, retryAfterMs: number | undefined, moment: Moment): void {
  const isOfThisPhase = permit.epoch === breaker.epoch;
  switch (breaker.phase) {
    case "half_open":
      if (permit.kind === "probe" && isOfThisPhase) reopen(breaker, "probe_failed", retryAfterMs, moment);
      break;
    case "ramp":
      if (permit.kind === "ramp" && isOfRamp(breaker, permit)) relapse(breaker, retryAfterMs, moment);
      break;
    case "closed":
    case "degraded": {
      const reason = sickness(breaker, moment);
      if (reason === undefined) {
        if (breaker.phase === "degraded") leaveDegraded(breaker, moment);
      } else if (moment.rules.kind === "classic" || moment.hasOther())
        open(breaker, reason, retryAfterMs, moment);
      else if (breaker.phase === "closed") {
        enter(breaker, "degraded", moment.now);
        breaker.reason = reason;
      }
      break;
    }
    default:
  }
}

/** A probe whose stream breaks off was let through one phase before. */
const isOfRamp = ({ epoch }: Breaker, permit: Permit): boolean =>
  permit.epoch === epoch || permit.epoch === epoch - 1;

function sickness(breaker: Breaker, { rules, now }: Moment): Reason | undefined {
  if (rules.kind === "classic") return breaker.run >= rules.failureThreshold ? "consecutive" : undefined;
  const calls = total(breaker.recent, now, recentColumns.calls);
  const failures = total(breaker.recent, now, recentColumns.failures);
  if (calls >= rules.callsMin && wilsonLower(failures, calls) > rules.failureShareMin) return "failures";
  const isRun = breaker.run >= rules.consecutiveFailures && now - breaker.runSince >= runSpanMsMin;
  return isRun ? "consecutive" : undefined;
}

function noteTime(breaker: Breaker, { of, ms, slowFloorMs }: Took, { rules, now }: Moment): boolean {
  if (rules.kind === "classic") return false;
  const usual = (breaker.usual[of] ??= createUsualTime());
  addTime(usual, usualRules, now, ms);
  const isSlow = usual.lateMs !== undefined && ms > Math.max(slowFloorMs, rules.slowFactor * usual.lateMs);
  if (isSlow) count(breaker.recent, now, recentColumns.slow);
  return isSlow;
}

function isSlowOnTheWhole(breaker: Breaker, now: number): boolean {
  const slow = total(breaker.recent, now, recentColumns.slow);
  return wilsonLower(slow, total(breaker.recent, now, recentColumns.calls)) > slowShareMin;
}

function leaveDegraded(breaker: Breaker, moment: Moment): void {
  const calls = total(breaker.recent, moment.now, recentColumns.calls);
  const failures = total(breaker.recent, moment.now, recentColumns.failures);
  if (wilsonLower(failures, calls) <= relapseShareMin || moment.hasOther())
    enter(breaker, "closed", moment.now);
}

function open(breaker: Breaker, reason: Reason, retryAfterMs: number | undefined, moment: Moment): void {
  const { rules, now, random } = moment;
  enter(breaker, "open", now);
  breaker.reason = reason;
  const wanted =
    rules.kind === "classic" ? rules.openMs : Math.min(rules.openMsMax, rules.openMs * 2 ** breaker.relapses);
  const spread = rules.kind === "classic" ? 1 : 0.8 + 0.4 * random();
  breaker.until = now + Math.max(wanted * spread, Math.min(retryAfterMsMax, retryAfterMs ?? 0));
}

function reopen(breaker: Breaker, reason: Reason, retryAfterMs: number | undefined, moment: Moment): void {
  breaker.relapses = Math.min(20, breaker.relapses + 1);
  open(breaker, reason, retryAfterMs, moment);
}

function advanceProbe(breaker: Breaker, rules: Rules, now: number): void {
  if (rules.kind === "adaptive") {
    enter(breaker, "ramp", now);
    breaker.successes = 1;
    return;
  }
  breaker.successes += 1;
  if (breaker.successes >= rules.halfOpenRequests) enter(breaker, "closed", now);
}

function advanceRamp(breaker: Breaker, now: number): void {
  breaker.successes += 1;
  if (perSecond(breaker, now) < fewPerSecond && breaker.failures === 0 && breaker.successes >= 2) {
    enter(breaker, "closed", now);
    return;
  }
  if (now - breaker.since < levelMsMin || breaker.successes < levelSuccessesMin) return;
  if (breaker.level === rampShares.length - 1) enter(breaker, "closed", now);
  else startLevel(breaker, breaker.level + 1, now);
}

function relapse(breaker: Breaker, retryAfterMs: number | undefined, moment: Moment): void {
  breaker.failures += 1;
  const results = breaker.successes + breaker.failures;
  // Two in a row say much of a few calls and nothing of many.
  const isEarlyRun = breaker.run >= 2 && results <= 10;
  const isShare = results > 2 && wilsonLower(breaker.failures, results) > relapseShareMin;
  if (isEarlyRun || isShare) reopen(breaker, "relapse", retryAfterMs, moment);
}
