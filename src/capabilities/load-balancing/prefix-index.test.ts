import { describe, expect, it } from "vitest";
import { createPrefixIndex, prefixKeys } from "./prefix-index.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const long = (seed: string, blocks: number): string =>
  Array.from({ length: blocks }, (_, index) => `${seed} ${index} `.padEnd(512, ".")).join("");
const keysOf = (text: string, scope = "key_1 m") => prefixKeys({ scope, bytes: bytesOf(text) });

describe("prefixKeys", () => {
  it("makes one key of each whole block, which all before it has a part in", () => {
    const keys = keysOf(long("a", 3));
    expect(keys).toHaveLength(6);
    expect(keysOf(`${long("a", 3)}more`)).toEqual(keys);
    expect(keysOf(long("a", 4)).subarray(0, 6)).toEqual(keys);
    const changed = keysOf(`b${long("a", 3).slice(1)}`);
    for (let index = 0; index < 6; index += 1) expect(changed[index]).not.toBe(keys[index]);
    expect(keysOf("short")).toHaveLength(0);
  });

  it("tells tenants and models apart, and looks at the first 256 blocks", () => {
    expect(keysOf(long("a", 1), "key_2 m")).not.toEqual(keysOf(long("a", 1)));
    expect(keysOf(long("a", 300))).toHaveLength(512);
  });
});

describe("createPrefixIndex", () => {
  it("counts the leading blocks that each member has had", () => {
    const index = createPrefixIndex(3);
    index.remember(keysOf(long("a", 4)), 0, 10);
    index.remember(keysOf(long("a", 2)), 1, 10);
    index.remember(keysOf(long("b", 9)), 2, 10);
    expect([...index.matches(keysOf(long("a", 8)), 11)]).toEqual([4, 2, 0]);
    expect([...index.matches(keysOf(long("c", 8)), 11)]).toEqual([0, 0, 0]);
    expect([...index.matches(keysOf(long("a", 8), "key_2 m"), 11)]).toEqual([0, 0, 0]);
  });

  it("forgets after five minutes, counted from the last time", () => {
    const index = createPrefixIndex(1);
    const keys = keysOf(long("a", 2));
    index.remember(keys, 0, 0);
    expect([...index.matches(keys, 299)]).toEqual([2]);
    expect([...index.matches(keys, 302)]).toEqual([0]);
    index.remember(keys, 0, 302);
    expect([...index.matches(keys, 590)]).toEqual([2]);
  });

  it("stays within its bound: the oldest of a set makes room", () => {
    const index = createPrefixIndex(2);
    for (let prompt = 0; prompt < 6000; prompt += 1)
      index.remember(keysOf(long(`p${prompt}`, 64)), 0, prompt / 60);
    let recent = 0;
    for (let prompt = 5900; prompt < 6000; prompt += 1)
      recent += index.matches(keysOf(long(`p${prompt}`, 64)), 101)[0] ?? 0;
    expect(recent).toBeGreaterThan(6000);
    expect(index.matches(keysOf(long("p0", 64)), 101)[0]).toBeLessThan(64);
  });
});
