/**
 * Something of the client's request or the provider's answer that did not cross, or crossed changed. Declared in
 * `x-sallyport-warnings`, in the decision record and as a metric; never in the body.
 */
export interface Warning {
  readonly kind:
    | "dropped"
    | "clamped"
    | "changed"
    /** The upstream demands what the client did not say. */
    | "defaulted"
    | "emulated"
    | "healed"
    | "continuity-lost"
    | "unpriced"
    | "unmetered";
  /** The parameter, part or model it is about, by the name the sender used. */
  readonly subject: string;
  /** One short public sentence, where the kind and the subject do not say enough. */
  readonly note?: string;
}
