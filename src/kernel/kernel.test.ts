import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorCatalog, GatewayError } from "./errors.ts";
import { fingerprint128 } from "./fnv.ts";
import { base62, uuidv7 } from "./ids.ts";
import { invariant } from "./invariant.ts";
import { printJson, RawJson } from "./json.ts";
import { nearestNames } from "./nearest.ts";
import { epochMs, isoTime } from "./units.ts";

describe("isoTime", () => {
  it("writes every moment of four centuries as the platform does", () => {
    fc.assert(
      fc.property(fc.integer({ min: -6_000_000_000_000, max: 6_000_000_000_000 }), (at) => {
        expect(isoTime(epochMs(at))).toBe(new Date(at).toISOString());
      }),
    );
  });
});

describe("uuidv7", () => {
  it("has the time in front, version 7 and variant 10, whatever the random bytes are", () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 40 }), fc.uint8Array({ minLength: 10, maxLength: 10 }), (at, random) => {
        const id = uuidv7(epochMs(at), random);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toBe(at);
      }),
    );
  });
});

describe("base62", () => {
  it("has the same width for all inputs of one length and no two the same", () => {
    expect(base62(new Uint8Array(32))).toBe("0".repeat(43));
    expect(base62(new Uint8Array(32).fill(255))).toHaveLength(43);
    expect(base62(new Uint8Array([0, 1]))).not.toBe(base62(new Uint8Array([1, 0])));
  });
});

describe("fingerprint128", () => {
  it("begins with the published FNV-1a vector", () => {
    // Source: draft-eastlake-fnv, appendix C: FNV-1a 64 of "foobar".
    expect(Buffer.from(fingerprint128("foobar")).toString("hex").slice(0, 16)).toBe("85944171f73967e8");
  });
});

describe("printJson", () => {
  it("prints what JSON.stringify prints, for values without raw text", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(printJson(value as Parameters<typeof printJson>[0])).toBe(JSON.stringify(value));
      }),
    );
  });
  it("splices raw text in unchanged, so that 2^53+1 survives", () => {
    expect(printJson({ a: new RawJson("9007199254740993"), b: undefined, c: [new RawJson("1.0")] })).toBe(
      '{"a":9007199254740993,"c":[1.0]}',
    );
  });
});

describe("nearestNames", () => {
  it.for<{ wanted: string; expected: readonly string[] }>([
    { wanted: "gpt-5-mni", expected: ["gpt-5-mini"] },
    { wanted: "CLAUDE-haiku", expected: ["claude-haiku-4-5"] },
    { wanted: "zebra", expected: [] },
  ])("for $wanted", ({ wanted, expected }) => {
    expect(nearestNames(wanted, ["gpt-5-mini", "claude-haiku-4-5", "llama"])).toEqual(expected);
  });
});

describe("GatewayError", () => {
  it("keeps one of ours and makes `internal` of everything else, with the cause", () => {
    const ours = new GatewayError("overloaded", "full");
    expect(GatewayError.from(ours)).toBe(ours);
    const cause = new TypeError("x is not a function");
    const made = GatewayError.from(cause);
    expect(made.code).toBe("internal");
    expect(made.cause).toBe(cause);
    expect(made.publicMessage).toBe(errorCatalog.internal.title);
  });
  it("kills the request, not the process, when an invariant breaks", () => {
    expect(() => invariant(false, "money is conserved")).toThrow(GatewayError);
  });
});
