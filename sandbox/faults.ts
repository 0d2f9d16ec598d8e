/** A way in which a simulated provider fails. Source: AI models specification, part 21. */
export type Fault =
  /** Connection reset before the head. */
  | { readonly kind: "refuse" }
  /** Head, then connection reset. */
  | { readonly kind: "reset" }
  /** Takes the request and never says anything. */
  | { readonly kind: "hang" }
  /** Head at once, first token after `milliseconds`. */
  | { readonly kind: "slow-ttft"; readonly milliseconds: number }
  /** Silence after `count` tokens, the connection open. */
  | { readonly kind: "stall-after"; readonly count: number }
  /** Connection reset after `count` tokens. */
  | { readonly kind: "cut-after"; readonly count: number }
  /** A clean end of the body after `count` tokens, without terminator. */
  | { readonly kind: "cut-clean-after"; readonly count: number }
  /** An error event of the dialect after `count` tokens, then a clean end. */
  | { readonly kind: "error-in-stream"; readonly count: number }
  /** Event `count` is followed by one the dialect does not have. */
  | { readonly kind: "bad-event"; readonly count: number }
  /** Event `count` is broken JSON, the rest is healthy. */
  | { readonly kind: "bad-json"; readonly count: number }
  /** No `[DONE]`, no `message_stop`. */
  | { readonly kind: "no-done" }
  | { readonly kind: "status"; readonly status: number }
  /** The answer stops half-way with the dialect's filter reason. */
  | { readonly kind: "content-filter" }
  /** 400: the provider refuses the prompt. */
  | { readonly kind: "content-policy" }
  /** 400: the prompt is too long. */
  | { readonly kind: "context-length" }
  | { readonly kind: "usage"; readonly how: UsageFault }
  /** Every character outside ASCII is cut in two by the chunk boundary. */
  | { readonly kind: "split-utf8" }
  | { readonly kind: "crlf" }
  /** SSE comments between the events. */
  | { readonly kind: "comments" }
  /** One byte a chunk. */
  | { readonly kind: "trickle" }
  /** Before event `count` one that is broken JSON and nobody's; the rest is healthy. */
  | { readonly kind: "extra-bad-json"; readonly count: number }
  /** The head goes out at once, whenever the first token comes. */
  | { readonly kind: "early-head" }
  /** A whole body: its length is declared, three fifths of it come, then the connection ends. */
  | { readonly kind: "short-body" }
  /** A whole body without a length: its end is that of the connection. */
  | { readonly kind: "by-close" };

export type FaultKind = Fault["kind"];

/** `wrong`: parts contradict the total · `none`: no usage · `double`: told twice · `early`: at the start, not at the end. */
export type UsageFault = "wrong" | "none" | "double" | "early";

const usageFaults: readonly string[] = ["wrong", "none", "double", "early"] satisfies readonly UsageFault[];

const isUsageFault = (text: string): text is UsageFault => usageFaults.includes(text);

/** Reads one fault as a client writes it: `cut-after:12`, `status:429`, `usage:none`; `undefined` if there is none like it. */
export function readFault(text: string): Fault | undefined {
  const [kind = "", detail = ""] = text.trim().split(":", 2);
  const count = detail === "" ? 3 : Number(detail);
  switch (kind) {
    case "refuse":
    case "reset":
    case "hang":
    case "no-done":
    case "content-filter":
    case "content-policy":
    case "context-length":
    case "split-utf8":
    case "crlf":
    case "comments":
    case "trickle":
    case "early-head":
    case "short-body":
    case "by-close":
      return detail === "" ? { kind } : undefined;
    case "stall-after":
    case "cut-after":
    case "cut-clean-after":
    case "error-in-stream":
    case "bad-event":
    case "bad-json":
    case "extra-bad-json":
      return Number.isSafeInteger(count) && count >= 0 ? { kind, count } : undefined;
    case "slow-ttft": {
      const milliseconds = detail === "" ? 20_000 : Number(detail);
      return milliseconds >= 0 ? { kind, milliseconds } : undefined;
    }
    case "status": {
      const status = Number(detail);
      return Number.isInteger(status) && status >= 400 && status <= 599 ? { kind, status } : undefined;
    }
    case "usage":
      return isUsageFault(detail) ? { kind, how: detail } : undefined;
    default:
      return undefined;
  }
}

/** The fault of `kind` among `faults`, if it is there. */
export function faultOf<Kind extends FaultKind>(
  faults: readonly Fault[],
  kind: Kind,
): Extract<Fault, { readonly kind: Kind }> | undefined {
  return faults.find((fault): fault is Extract<Fault, { readonly kind: Kind }> => fault.kind === kind);
}
