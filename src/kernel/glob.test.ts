import { describe, expect, it } from "vitest";
import { fitsGlob } from "./glob.ts";

describe("fitsGlob", () => {
  it.for<{ glob: string; name: string; fits: boolean }>([
    { glob: "gpt-5", name: "gpt-5", fits: true },
    { glob: "gpt-5", name: "gpt-5-mini", fits: false },
    { glob: "gpt-*", name: "gpt-5-mini", fits: true },
    { glob: "*", name: "", fits: true },
    { glob: "*-mini", name: "gpt-5-mini", fits: true },
    { glob: "a*b*c", name: "a-b-b-c", fits: true },
    { glob: "a*b*c", name: "a-c-b", fits: false },
    { glob: "ab*ba", name: "aba", fits: false },
    { glob: "a.c", name: "abc", fits: false },
  ])("$glob, $name: $fits", ({ glob, name, fits }) => {
    expect(fitsGlob(glob, name)).toBe(fits);
  });
});
