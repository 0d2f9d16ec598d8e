import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Secret } from "../../kernel/secret.ts";
import type { Vault } from "../../ports/vault.ts";
import { openInstallation, rotateKek } from "./index.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "keyring-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const place = { recordId: "sgk_1", field: "secret" };
const none = {};
const open = (env: Readonly<Record<string, string>> = none) => openInstallation(directory, env);

/** Some sealed texts; a rotation may be broken off after so many of them. */
function store(sealed: string[]) {
  return {
    sealed,
    rewrapAll:
      (breakAfter = Number.POSITIVE_INFINITY) =>
      async (vault: Vault): Promise<number> => {
        for (const [at, text] of sealed.entries()) {
          if (at >= breakAfter) throw new Error("killed");
          sealed[at] = vault.rewrap(text, place);
        }
        return sealed.length;
      },
    texts: (vault: Vault) => sealed.map((text) => vault.open(text, place).reveal()),
  };
}

const sealedBy = (vault: Vault, ...texts: readonly string[]) =>
  store(texts.map((text) => vault.seal(new Secret(text), place)));

describe("another key", () => {
  it("opens what was sealed, leaves what is derived, and the old one opens nothing more", async () => {
    const before = open();
    const old = readFileSync(join(directory, "kek"));
    const kept = sealedBy(before.vault, "one", "two");
    const seal = before.sealer.mark("x");
    expect((await rotateKek(directory, kept.rewrapAll(), none)).rewrapped).toBe(2);
    const after = open();
    expect(kept.texts(after.vault)).toEqual(["one", "two"]);
    expect(after.vault.keyId).not.toBe(before.vault.keyId);
    expect(after.derive("admin")).toBe(before.derive("admin"));
    expect(after.digestOf("k")).toBe(before.digestOf("k"));
    expect(after.keyDigests.ofSecret("k")).toBe(before.keyDigests.ofSecret("k"));
    expect(after.sealer.isMarked("x", seal)).toBe(true);
    expect(readdirSync(directory).toSorted()).toEqual(["kek", "pepper"]);
    writeFileSync(join(directory, "kek"), old);
    expect(() => kept.texts(open().vault)).toThrow("storage_unavailable");
  });

  it.for([0, 1, 2, 3])(
    "loses nothing when it is broken off after %i, and can be begun again",
    async (count) => {
      const kept = sealedBy(open().vault, "one", "two", "three", "four");
      await expect(rotateKek(directory, kept.rewrapAll(count), none)).rejects.toThrow("killed");
      const between = open().vault;
      expect(kept.texts(between)).toEqual(["one", "two", "three", "four"]);
      kept.sealed.push(between.seal(new Secret("five"), place));
      await rotateKek(directory, kept.rewrapAll(), none);
      expect(kept.texts(open().vault)).toEqual(["one", "two", "three", "four", "five"]);
      expect(readdirSync(directory)).not.toContain("kek.next");
    },
  );

  it("loses nothing when it is broken off before the files change places", async () => {
    const kept = sealedBy(open().vault, "one");
    const broken = async (vault: Vault): Promise<number> => {
      await kept.rewrapAll()(vault);
      throw new Error("killed");
    };
    await expect(rotateKek(directory, broken, none)).rejects.toThrow("killed");
    expect(kept.texts(open().vault)).toEqual(["one"]);
  });
});

describe("a directory of the time of one secret", () => {
  it("keeps all that was derived and sealed, also over a change of the key", async () => {
    const first = open();
    const [common, kept] = [readFileSync(join(directory, "pepper")), store([])];
    // As it was: one file, 32 bytes, for everything.
    rmSync(join(directory, "pepper"));
    writeFileSync(join(directory, "kek"), common);
    const migrated = open();
    expect(migrated.derive("admin")).toBe(first.derive("admin"));
    kept.sealed.push(migrated.vault.seal(new Secret("one"), place));
    await rotateKek(directory, kept.rewrapAll(), none);
    expect(kept.texts(open().vault)).toEqual(["one"]);
    expect(open().derive("admin")).toBe(first.derive("admin"));
  });

  it("does not take a key that only seals for a lost pepper", () => {
    open();
    rmSync(join(directory, "pepper"));
    expect(() => open()).toThrow(/restore it/);
  });
});

describe("a key from outside", () => {
  const hex = randomBytes(32).toString("hex");

  it("seals, and takes over what the directory's had sealed", async () => {
    const kept = sealedBy(open().vault, "one");
    const env = { SALLYPORT_KEK: hex };
    expect(kept.texts(open(env).vault)).toEqual(["one"]);
    await rotateKek(directory, kept.rewrapAll(), env);
    rmSync(join(directory, "kek"));
    expect(kept.texts(open(env).vault)).toEqual(["one"]);
    expect(readdirSync(directory)).toEqual(["pepper"]);
    const next = { SALLYPORT_KEK: randomBytes(32).toString("base64"), SALLYPORT_KEK_PREVIOUS: hex };
    await rotateKek(directory, kept.rewrapAll(), next);
    expect(kept.texts(open({ SALLYPORT_KEK: next.SALLYPORT_KEK }).vault)).toEqual(["one"]);
  });

  it("may stand in a file", () => {
    const file = join(directory, "elsewhere");
    writeFileSync(file, `${hex}\n`);
    expect(open({ SALLYPORT_KEK: `file:${file}` }).vault.keyId).toBe(
      open({ SALLYPORT_KEK: hex }).vault.keyId,
    );
  });

  it.for(["changeme", "0".repeat(64), "file:/nowhere", "ab".repeat(32), hex.slice(2)])("is not %s", (bad) => {
    expect(() => open({ SALLYPORT_KEK: bad })).toThrow(/SALLYPORT_KEK/);
  });
});

it("is readable by its owner alone", () => {
  open();
  for (const name of ["kek", "pepper"]) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
});
