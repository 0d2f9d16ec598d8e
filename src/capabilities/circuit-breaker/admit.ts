import { count, total } from "../../kernel/ring.ts";
import {
  type Admission,
  type Breaker,
  fewPerSecond,
  longerColumns,
  lookAtClock,
  type Moment,
  modeOf,
  type Permit,
  perSecond,
  rampShares,
  recentColumns,
  retryAfterMsMax,
} from "./breaker.ts";

/** Whether a call may go to the target now. */
export function admit(breaker: Breaker, moment: Moment): Admission {
  count(breaker.recent, moment.now, recentColumns.asked);
  count(breaker.longer, moment.now, longerColumns.asked);
  lookAtClock(breaker, moment.now);
  switch (modeOf(breaker, moment.rules)) {
    case "forced_open":
      return { kind: "refused", retryAt: moment.now + retryAfterMsMax };
    case "forced_closed":
    case "metrics_only":
      return permitted(breaker, "plain");
    default:
      return admitByPhase(breaker, moment);
  }
}

function admitByPhase(breaker: Breaker, moment: Moment): Admission {
  switch (breaker.phase) {
    case "closed":
      return permitted(breaker, "plain");
    case "half_open":
      if (breaker.probes >= probesMax(breaker, moment)) return admitTheLast(breaker, moment);
      breaker.probes += 1;
      return permitted(breaker, "probe");
    case "ramp":
      if (takesPart(breaker, moment.now)) return permitted(breaker, "ramp");
      return admitTheLast(breaker, moment);
    default:
      return admitTheLast(breaker, moment);
  }
}

/**
 * For a request that nobody else can serve, the fewer the fewer have been answered lately; what another can serve goes
 * there, but a degraded target takes it, to be seen to be well again.
 * Source: "Handling Overload", Site Reliability Engineering (2016), client-side throttling with K = 2.
 */
function admitTheLast(breaker: Breaker, { rules, now, hasOther, random }: Moment): Admission {
  const isOpen = breaker.phase !== "degraded";
  if (isOpen && (rules.kind === "classic" || hasOther()))
    return { kind: "refused", retryAt: breaker.phase === "open" ? breaker.until : now + 1000 };
  if (!isOpen && hasOther()) return permitted(breaker, "plain");
  const asked = total(breaker.longer, now, longerColumns.asked);
  const answered = total(breaker.longer, now, longerColumns.successes);
  const refusal = Math.min(0.9, Math.max(0, (asked - answered / 0.5) / (asked + 1)));
  return random() < refusal ? { kind: "refused", retryAt: now + 1000 } : permitted(breaker, "plain");
}

const permitted = ({ epoch, run }: Breaker, kind: Permit["kind"]): Admission => ({
  kind: "permitted",
  permit: { epoch, kind, runBefore: run },
});

const probesMax = (breaker: Breaker, { rules, now }: Moment): number =>
  rules.kind === "classic" ? rules.halfOpenRequests : Math.max(1, Math.floor(0.02 * perSecond(breaker, now)));

/** Lets the level's share of the requests through, evenly, and two a second where that is more. */
function takesPart(breaker: Breaker, now: number): boolean {
  const rate = perSecond(breaker, now);
  breaker.credit += Math.max(rampShares[breaker.level] ?? 1, Math.min(1, fewPerSecond / rate));
  if (breaker.credit < 1) return false;
  breaker.credit -= 1;
  return true;
}
