import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shield, shieldedAt, unshield } from "./shield.ts";

const text = fc.string({ unit: fc.constantFrom("$", "{", "}", "a", ":", "-", "é", "😀", "\n", "#", '"') });

describe("shield", () => {
  it("keeps the length, and unshield gives the same text back", () => {
    fc.assert(
      fc.property(text, (given) => {
        expect(shield(given)).toHaveLength(given.length);
        expect(unshield(shield(given))).toBe(given);
      }),
    );
  });

  it("leaves no character of a reference that YAML could take for its own", () => {
    expect(shield("{ key: ${A:-b, #c} }")).toMatch(/^\{ key: [\ue000-\ue07f]{11} \}$/);
  });

  it("finds characters that would be taken for shielded ones", () => {
    expect(shieldedAt("plain ${A}")).toBe(-1);
    expect(shieldedAt("a\ue041b")).toBe(1);
  });
});
