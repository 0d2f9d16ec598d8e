import fc from "fast-check";
import { expect, it } from "vitest";
import { Secret } from "../../kernel/secret.ts";
import { createVault } from "./vault.ts";

const vault = createVault({ id: "k1", bytes: new Uint8Array(32).fill(7) });
const place = { recordId: "sgk_1", field: "secret" };

it("opens what it sealed, whatever it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const sealed = vault.seal(new Secret(text), place);
      expect(vault.open(sealed, place).reveal()).toBe(text);
    }),
  );
});

it("seals the same text differently each time, and shows nothing of it", () => {
  const texts = Array.from({ length: 20 }, () => vault.seal(new Secret("sesame-open-sesame"), place));
  expect(new Set(texts).size).toBe(20);
  for (const text of texts) {
    expect(text).toMatch(/^v1\.k1\.[\w-]+\.[\w-]+$/);
    expect(Buffer.from(text.split(".")[3] ?? "", "base64url").toString("latin1")).not.toContain("sesame");
  }
});

it.for([
  { name: "another record", as: { ...place, recordId: "sgk_2" } },
  { name: "another field", as: { ...place, field: "token" } },
  { name: "names of another border", as: { recordId: "sgk_1s", field: "ecret" } },
])("does not open for $name", ({ as }) => {
  expect(() => vault.open(vault.seal(new Secret("sesame"), place), as)).toThrow("storage_unavailable");
});

it("does not open with another key, of the same name or another", () => {
  const sealed = vault.seal(new Secret("sesame"), place);
  for (const id of ["k1", "k2"])
    expect(() => createVault({ id, bytes: new Uint8Array(32).fill(8) }).open(sealed, place)).toThrow(/sgk_1/);
});

it("does not open when any of it was changed", () => {
  const sealed = vault.seal(new Secret("sesame"), place);
  for (let at = 0; at < sealed.length; at += 1) {
    const other = sealed[at] === "A" ? "B" : "A";
    const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
    // The last letter of base64url may hold bits that mean nothing.
    if (
      Buffer.from(changed.split(".").at(-1) ?? "", "base64url").equals(
        Buffer.from(sealed.split(".").at(-1) ?? "", "base64url"),
      ) &&
      changed.split(".").slice(0, 3).join() === sealed.split(".").slice(0, 3).join()
    )
      continue;
    expect(() => vault.open(changed, place), `at ${at}`).toThrow("storage_unavailable");
  }
  for (const bad of ["", "v1", "v1.k1", "v1.k1.AAAA.AAAA", `${sealed}.x`])
    expect(() => vault.open(bad, place)).toThrow("storage_unavailable");
});
