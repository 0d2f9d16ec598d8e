import { describe, expect, it } from "vitest";
import { epochMs } from "../../src/kernel/units.ts";
import type { NonceClaim, NonceStore } from "../../src/ports/nonce-store.ts";

/** What is asked of a store, at times that the test sets. */
export interface NonceWorld {
  readonly clock: { readonly now: () => number; readonly pass: (ms: number) => void };
  readonly store: NonceStore;
}

/** What every `NonceStore` must do. `open`: a store with room for `entriesMax` nonces. */
export function nonceStoreContract(name: string, open: (entriesMax: number) => NonceWorld): void {
  const claimIn =
    ({ store, clock }: NonceWorld) =>
    (nonce: string, keyId = "a"): NonceClaim | Promise<NonceClaim> =>
      store.claim({ keyId, nonce }, epochMs(clock.now() + 420_000));

  describe(`${name} as a NonceStore`, () => {
    it("gives a nonce of a key once", async () => {
      const claim = claimIn(open(10));
      expect(await claim("1")).toBe("fresh");
      expect(await claim("1")).toBe("seen");
      expect(await claim("2")).toBe("fresh");
      expect(await claim("1", "b")).toBe("fresh");
    });

    it("gives it to one of many who ask at once", async () => {
      const claim = claimIn(open(10));
      const claims = await Promise.all(Array.from({ length: 20 }, async () => claim("1")));
      expect(claims.filter((outcome) => outcome === "fresh")).toHaveLength(1);
    });

    it("remembers it until its time, and no longer", async () => {
      const world = open(10);
      const claim = claimIn(world);
      expect(await claim("1")).toBe("fresh");
      world.clock.pass(419_999);
      expect(await claim("1")).toBe("seen");
      world.clock.pass(1);
      expect(await claim("1")).toBe("fresh");
    });

    it("is full rather than forget what has not ended; what is known is known all the same", async () => {
      const world = open(2);
      const claim = claimIn(world);
      await claim("1");
      world.clock.pass(1000);
      await claim("2");
      expect(await claim("3")).toBe("full");
      expect(await claim("1")).toBe("seen");
      world.clock.pass(419_000);
      expect(await claim("3")).toBe("fresh");
      expect(await claim("4")).toBe("full");
      expect(await claim("2")).toBe("seen");
    });

    it("keys and nonces that run into each other are others", async () => {
      const claim = claimIn(open(10));
      expect(await claim("c", "ab")).toBe("fresh");
      expect(await claim("bc", "a")).toBe("fresh");
    });
  });
}
