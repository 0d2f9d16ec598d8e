import type { GatewayError } from "../kernel/errors.ts";
import type { Target } from "./target.ts";

/** Why a model cannot serve a call, known before its provider is asked. */
export interface Misfit {
  readonly by: "abilities" | "context_window";
  /** Of the model, in few words: `takes no images, only text (operator)`. */
  readonly detail: string;
  /** What the client is told where nobody else can serve the call either. */
  readonly error: GatewayError;
}

/** Why a target cannot serve the request at hand, by what is known of its model; `undefined`: it may. */
export type MisfitOf = (target: Target) => Misfit | undefined;
