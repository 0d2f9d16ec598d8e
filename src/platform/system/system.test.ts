import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { milliseconds } from "../../kernel/units.ts";
import { systemTimer } from "./system.ts";

describe("systemTimer", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const dayMs = 86_400_000;

  it("waits for longer than the event loop can", () => {
    let ran = 0;
    systemTimer.after(milliseconds(30 * dayMs), () => {
      ran += 1;
    });
    const cancel = systemTimer.after(milliseconds(40 * dayMs), () => expect.fail("it was given back"));
    vi.advanceTimersByTime(30 * dayMs - 1);
    expect(ran).toBe(0);
    vi.advanceTimersByTime(1);
    expect(ran).toBe(1);
    cancel();
    vi.advanceTimersByTime(20 * dayMs);
    expect(vi.getTimerCount()).toBe(0);
  });
});
