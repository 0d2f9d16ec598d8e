import { type Milliseconds, milliseconds } from "../kernel/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { Timer } from "../ports/timer.ts";

/** Work in small steps: each `yield` is a place where it may be interrupted. */
export type Steps<Result> = Generator<undefined, Result>;

/** A slice ends at the first step after this. The longest step of a file of a thousand pools takes 9 ms. */
const slice: Milliseconds = milliseconds(5);

/** Does all steps at once. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Does the steps in slices of 5 ms and a step, between which requests are served. */
export async function inSlices<Result>(
  steps: Steps<Result>,
  { clock, timer }: { readonly clock: Pick<Clock, "monotonic">; readonly timer: Pick<Timer, "after"> },
): Promise<Result> {
  let begunAt = clock.monotonic();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (clock.monotonic() - begunAt < slice) continue;
    await new Promise<void>((resolve) => {
      timer.after(milliseconds(0), resolve);
    });
    begunAt = clock.monotonic();
  }
}
