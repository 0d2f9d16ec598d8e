import type { Clock } from "../../ports/clock.ts";
import type { NonceClaim, NonceStore } from "../../ports/nonce-store.ts";

/** Nonces that one process remembers: at most `entriesMax` at once, a million if nothing is said. */
export function createMemoryNonceStore(
  clock: Pick<Clock, "now">,
  entriesMax = 1_000_000,
): { readonly claim: (...asked: Parameters<NonceStore["claim"]>) => NonceClaim } {
  // In the order in which they were taken, which is nearly that in which they end: whoever is first and has not ended
  // holds those behind it for as long as it lives itself, no longer.
  const ends = new Map<string, number>();
  const forget = (now: number): void => {
    for (const [key, until] of ends) {
      if (until > now) return;
      ends.delete(key);
    }
  };
  return {
    claim: ({ keyId, nonce }, until) => {
      const now = clock.now();
      forget(now);
      const key = `${keyId}\n${nonce}`;
      const known = ends.get(key);
      if (known !== undefined && known > now) return "seen";
      if (known === undefined && ends.size >= entriesMax) return "full";
      ends.delete(key);
      ends.set(key, until);
      return "fresh";
    },
  };
}
