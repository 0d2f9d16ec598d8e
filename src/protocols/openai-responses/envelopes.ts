import type { Seal } from "../../exchange/part.ts";

/**
 * The part that a sealed state of another provider belongs to. `reasoning`: the item it stands in. `text`: the text
 * before it. `empty-text`: an empty text in its place. `tool-call`: the call after it. `next`: the call or text after it.
 */
export type SealPlace = "reasoning" | "text" | "empty-text" | "tool-call" | "next";

/** The places that have to be said. */
const marks: readonly SealPlace[] = ["text", "empty-text", "tool-call"];

/**
 * The seal of a text or a call, as it goes into an envelope. This dialect keeps sealed state in reasoning items only, so
 * that the envelope has to say what it sealed. Only OpenAI's state has an item id: for all others that place is free.
 */
export function markSeal({ origin, value }: Seal, place: SealPlace): Seal {
  return { origin, value, itemId: place };
}

/** Where a seal that came out of an envelope belongs. Gemini's without a mark belongs to what follows. */
export function readMark(seal: Seal): { readonly seal: Seal; readonly place: SealPlace } {
  const { origin, value, itemId } = seal;
  if (origin === "openai-responses") return { seal, place: "reasoning" };
  const place = marks.find((mark) => mark === itemId);
  if (place !== undefined) return { seal: { origin, value }, place };
  return { seal, place: origin === "gemini-generate" ? "next" : "reasoning" };
}
