import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMoment } from "./moment.ts";

describe("parseMoment", () => {
  it("agrees with the platform's calendar on every day of the years 0 to 9999 and every second of it", () => {
    const last = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000;
    const first = Date.parse("0000-01-01T00:00:00Z") / 1000;
    fc.assert(
      fc.property(fc.integer({ min: first, max: last }), (seconds) => {
        const text = new Date(seconds * 1000).toISOString().replace(".000", "");
        expect(parseMoment(text)).toBe(seconds * 1000);
        expect(parseMoment(text.slice(0, 10))).toBe(Date.parse(text.slice(0, 10)));
      }),
    );
  });

  it("takes a time without seconds", () => {
    expect(parseMoment("2026-11-01T08:30Z")).toBe(Date.UTC(2026, 10, 1, 8, 30));
  });

  it.for([
    "2026-02-29",
    "2100-02-29",
    "2026-04-31",
    "2026-13-01",
    "2026-00-10",
    "2026-01-00",
    "2026-11-01T24:00Z",
    "2026-11-01T08:60Z",
    "2026-11-01T08:30:60Z",
    "2026-11-01T08:30",
    "01.11.2026",
    "",
  ])("knows no moment %s", (text) => {
    expect(parseMoment(text)).toBeUndefined();
  });
});
