import { describe, expect, it } from "vitest";
import { createGone } from "./gone.ts";

describe("createGone", () => {
  it("tells all who ask, in their order, once, and nobody who wants to know no more", () => {
    const gone = createGone();
    const told: string[] = [];
    gone.on(() => told.push("first"));
    const forget = gone.on(() => told.push("second"));
    gone.on(() => told.push("third"));
    forget();
    expect(gone.isGone()).toBe(false);
    gone.tell();
    gone.tell();
    expect(told).toEqual(["first", "third"]);
    expect(gone.isGone()).toBe(true);
  });

  it("tells who asks late at once", () => {
    const gone = createGone();
    gone.tell();
    const told: string[] = [];
    gone.on(() => told.push("late"));
    expect(told).toEqual(["late"]);
  });
});
