import type { Call, Turn } from "../../exchange/call.ts";
import type { Part, Seal } from "../../exchange/part.ts";
import type { Remembered } from "./memory.ts";

/** What may tell in which account a seal opens. */
export interface SealOrigins {
  /** What is kept of a tool call whose client brought nothing of its state. */
  readonly remembered: (callId: string) => Remembered | undefined;
  /** The boundary in which the provider made the state of this id. */
  readonly issuer: (id: string) => string | undefined;
}

/** Where a seal opens, as far as is known: it says so itself, or its item was seen when it was made. */
export function boundaryOf({ boundary, itemId }: Seal, { issuer }: SealOrigins): string | undefined {
  return boundary ?? (itemId === undefined ? undefined : issuer(itemId));
}

/**
 * The boundary that the open tool loop of a call needs: the one of its newest seal since the last message of the user.
 * Without a loop there is none: older state may be left out.
 *
 * Source: AI models specification, part 10, "Pin", and rule 14.
 */
export function pinOf({ turns }: Call, origins: SealOrigins): string | undefined {
  for (const turn of turns.toReversed()) {
    if (turn.role === "user" && !isResult(turn)) return undefined;
    for (const part of turn.parts.toReversed()) {
      for (const seal of sealsOf(part, origins)) {
        const boundary = boundaryOf(seal, origins);
        if (boundary !== undefined) return boundary;
      }
    }
  }
  return undefined;
}

const isResult = ({ parts }: Turn): boolean => parts.some(({ kind }) => kind === "tool-result");

/** The seal a part brings, and those that were kept of it: a native one does not say where it opens. */
function sealsOf(part: Part, { remembered }: SealOrigins): readonly Seal[] {
  const own = "seal" in part ? part.seal : undefined;
  const kept = part.kind === "tool-call" ? remembered(part.id) : undefined;
  return [own, kept?.seal, ...(kept?.reasoning ?? []).map(({ seal }) => seal)].filter(
    (seal) => seal !== undefined,
  );
}
