import type { EpochMs } from "../kernel/units.ts";
import type { Finish } from "./finish.ts";
import type { Part } from "./part.ts";
import type { Usage } from "./usage.ts";

/** A whole answer of a model, in the canonical form. */
export interface Answer {
  readonly answerId: string;
  readonly model: string;
  readonly createdAt?: EpochMs;
  readonly parts: readonly Part[];
  readonly finish: Finish;
  /** The vectors that were asked for, in the order of the inputs. */
  readonly vectors?: readonly (readonly number[])[];
  readonly usage?: Usage;
}
