import type { Directions } from "./directions.ts";
import { faultOf } from "./faults.ts";
import type { SandboxModel } from "./models.ts";
import type { Dice } from "./seeded.ts";

/** When the tokens of one answer come. */
export interface Pace {
  /** Milliseconds from the request to the first token. */
  readonly firstTokenMs: number;
  /** Milliseconds from one token to the next; draws from the dice. */
  readonly nextGapMs: () => number;
}

/** The timing of one call: a log-normal time to the first token, then gaps that vary evenly around 1/rate. */
export function paceOf(model: SandboxModel, directions: Directions, dice: Dice): Pace {
  const drawn = model.ttftMs * Math.exp(model.ttftSigma * dice.normal());
  const slow = faultOf(directions.faults ?? [], "slow-ttft");
  const rate = directions.rate ?? model.rate;
  const meanGapMs = rate === 0 ? 0 : 1000 / rate;
  return {
    firstTokenMs: slow?.milliseconds ?? directions.ttft ?? drawn,
    nextGapMs: () => meanGapMs * (1 + model.jitter * (2 * dice.next() - 1)),
  };
}
