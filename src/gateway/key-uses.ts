import { minutes } from "../kernel/units.ts";
import type { KeyStore } from "../ports/key-store.ts";
import type { Timer } from "../ports/timer.ts";

/** When keys were last used, to a minute: told by each request, written behind it. */
export interface KeyUses {
  readonly used: (id: string, at: number) => void;
  /** Since this process began; `undefined`: not since then. */
  readonly last: (id: string) => number | undefined;
  /** Writes what is not written yet. */
  readonly keep: () => Promise<void>;
}

const every = minutes(1);

export function createKeyUses(store: Pick<KeyStore, "used">, timer: Timer | undefined): KeyUses {
  const last = new Map<string, number>();
  let unwritten = new Map<string, number>();
  const keep = async (): Promise<void> => {
    if (unwritten.size === 0) return;
    const written = unwritten;
    unwritten = new Map();
    try {
      await store.used(written);
    } catch {
      // It is a figure to look at: what could not be written now is with the next.
      unwritten = new Map([...written, ...unwritten]);
    }
  };
  timer?.every(every, () => void keep());
  return {
    used: (id, at) => {
      if (at - (last.get(id) ?? Number.NEGATIVE_INFINITY) < every) return;
      last.set(id, at);
      unwritten.set(id, at);
    },
    last: (id) => last.get(id),
    keep,
  };
}
