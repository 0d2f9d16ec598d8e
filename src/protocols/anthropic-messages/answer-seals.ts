import type { Seal } from "../../exchange/part.ts";
import type { Warning } from "../../exchange/warning.ts";

/** What may be told of sealed state, and how much of the reasoning. */
export interface Sealing {
  /** An envelope for state of another provider; absent: it is left out. */
  readonly wrap?: ((seal: Seal) => string) | undefined;
  /** Whether the client wants the state of reasoning without its text. */
  readonly isOmitted: boolean;
}

/** What stands for a seal in this dialect: the provider's own signature or data, an envelope, or nothing. */
export function encodeSeal(seal: Seal | undefined, { wrap }: Sealing): string {
  if (seal === undefined) return "";
  return seal.origin === "anthropic-messages" ? seal.value : (wrap?.(seal) ?? "");
}

/** The declaration for state that had no envelope to go in. */
export function lostSeal(subject: string): Warning {
  return { kind: "dropped", subject, note: "its sealed state is of another provider" };
}
