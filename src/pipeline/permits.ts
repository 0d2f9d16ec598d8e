import type { Permit, Residency, Sink } from "../exchange/permit.ts";
import type { Upstream } from "../exchange/target.ts";

/** Who may be brought content: `capabilities/residency`, by the places that the running configuration names. */
export interface Permits {
  /** Leave to send to a target at `origin`; `undefined`: it is out of bounds. */
  readonly to: (
    target: Upstream,
    origin: string,
    bound: { readonly residency: Residency; readonly sink: Extract<Sink, "attempt" | "raw"> },
  ) => Permit | undefined;
  /**
   * Told where a provider says that it ran a call; `undefined`: it does not say.
   *
   * @returns False: it was out of bounds; from now on the target is held to be where it said.
   */
  readonly ranIn: (target: Upstream, residency: Residency, region: string | undefined) => boolean;
  /** Whether a region lies within the bounds: what a client asks of the provider itself cannot widen them. */
  readonly keeps: (residency: Residency, region: string) => boolean;
  /** Leave to remember it in this process. */
  readonly here: (residency: Residency, sink: Extract<Sink, "memory" | "learning">) => Permit | undefined;
}
