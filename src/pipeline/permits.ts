import type { Permit, Residency, Sink } from "../exchange/permit.ts";
import type { Target } from "../exchange/target.ts";

/** Who may be brought content: `capabilities/residency`, by the places that the running configuration names. */
export interface Permits {
  /** Leave to send to a target at `origin`; `undefined`: it is out of bounds. */
  readonly to: (
    target: Target,
    origin: string,
    bound: { readonly residency: Residency; readonly sink: Extract<Sink, "attempt" | "raw"> },
  ) => Permit | undefined;
  /**
   * Told where a provider says that it ran a call; `undefined`: it does not say.
   *
   * @returns False: it was out of bounds, and the target is left out from now on by whatever is bound.
   */
  readonly ranIn: (target: Target, residency: Residency, region: string | undefined) => boolean;
  /** Leave to remember it in this process. */
  readonly here: (residency: Residency, sink: Extract<Sink, "memory" | "learning">) => Permit | undefined;
}
