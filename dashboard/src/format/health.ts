import type { UpstreamState } from "../generated/client.ts";

/** How a provider or a model is doing, in one word. */
export interface Health {
  readonly mood: "good" | "warn" | "bad" | "calm";
  readonly word: "answering" | "unsteady" | "failing" | "not asked";
}

/** An error counts as long as it is not older. */
const recentMs = 5 * 60_000;

/** The newest try decides; one that was answered shortly after an error does not make it steady yet. */
export function healthOf(
  {
    lastTry,
    errors,
  }: Pick<UpstreamState, "lastTry"> & { readonly errors: readonly { readonly at: number }[] },
  now: number,
): Health {
  if (lastTry === null) return { mood: "calm", word: "not asked" };
  if (lastTry === "failed") return { mood: "bad", word: "failing" };
  const [newest] = errors;
  return newest !== undefined && now - newest.at < recentMs
    ? { mood: "warn", word: "unsteady" }
    : { mood: "good", word: "answering" };
}
