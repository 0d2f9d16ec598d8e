/** Where content may go, and what was kept from going elsewhere. */
export interface RegionsState {
  /** Where the gateway runs itself. */
  readonly here: { readonly region: string | null; readonly zones: readonly string[] };
  /** Zones that every request is bound to; empty: none is. */
  readonly residency: readonly string[];
  readonly pools: readonly { readonly name: string; readonly residency: readonly string[] }[];
  /** Without zones: nobody knows where it is, and nothing that is bound goes there. */
  readonly providers: readonly {
    readonly id: string;
    readonly region: string | null;
    readonly zones: readonly string[];
    /** US dollars for 10^9 bytes on their way there, and back; `null`: they cost nothing. */
    readonly egress: { readonly sentUsdPerGb: number; readonly receivedUsdPerGb: number } | null;
  }[];
  /** How often content was kept from a place since the start: `attempt`, `raw`, `memory`, `learning`. */
  readonly refused: readonly { readonly sink: string; readonly times: number }[];
  /** Targets that have said of a call that they ran it elsewhere: they are held to be there. */
  readonly abroad: readonly { readonly target: string; readonly zone: string; readonly at: number }[];
}

export interface RegionsControl {
  readonly state: () => RegionsState;
  /** Holds a target, `provider/model`, to be where its provider is again. False: it is not held to be elsewhere. */
  readonly admit: (target: string) => boolean;
}
