import { describe, expect, it } from "vitest";
import { createTimeShare } from "./time-share.ts";
import { monotonicMs } from "./units.ts";

function world() {
  let now = 0;
  const share = createTimeShare({ share: 0.05, savedMsMax: 20 }, () => monotonicMs(now));
  return {
    /** Work of so many ms. */
    work: (ms: number) =>
      share.spend(() => {
        now += ms;
      }),
    pass: (ms: number) => {
      now += ms;
    },
  };
}

describe("a share of time", () => {
  it("is no more than was agreed, however much work there is", () => {
    const { work, pass } = world();
    let done = 0;
    for (let turn = 0; turn < 10_000; turn += 1) {
      if (work(1)) done += 1;
      pass(1);
    }
    // 10 s of turns and about half a second of work, a twentieth of it, and the 20 ms that were saved at first.
    expect(done).toBeGreaterThan(500);
    expect(done).toBeLessThan(560);
  });

  it("is saved up to a bound", () => {
    const { work, pass } = world();
    pass(3_600_000);
    expect([work(15), work(15), work(15)]).toEqual([true, true, false]);
  });

  it("pays for work that took longer than there was time", () => {
    const { work, pass } = world();
    expect(work(120)).toBe(true);
    pass(1800);
    expect(work(1)).toBe(false);
    pass(200);
    expect(work(1)).toBe(true);
  });

  it("is taken by work that fails, too", () => {
    let now = 0;
    const share = createTimeShare({ share: 0.05, savedMsMax: 20 }, () => monotonicMs(now));
    const failing = (): void => {
      now += 30;
      throw new Error("no");
    };
    expect(() => share.spend(failing)).toThrow("no");
    expect(share.spend(() => undefined)).toBe(false);
  });
});
