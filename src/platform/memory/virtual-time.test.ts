import { describe, expect, it } from "vitest";
import { milliseconds } from "../../kernel/units.ts";
import { createVirtualTime } from "./virtual-time.ts";

const ms = milliseconds;

describe("createVirtualTime", () => {
  it("runs due tasks in the order of their moments, each at its own moment", () => {
    const time = createVirtualTime(1000);
    const seen: (readonly [string, number])[] = [];
    const note = (name: string) => () => seen.push([name, time.clock.now()]);
    time.timer.after(ms(30), note("c"));
    time.timer.after(ms(10), note("a"));
    time.timer.after(ms(10), note("b"));
    time.timer.after(ms(31), note("late"));
    time.advance(30);
    expect(seen).toEqual([
      ["a", 1010],
      ["b", 1010],
      ["c", 1030],
    ]);
    expect(time.clock.now()).toBe(1030);
    expect(time.clock.monotonic()).toBe(30);
    expect(time.pending()).toBe(1);
  });

  it("repeats a periodic task until it is cancelled, also from inside itself", () => {
    const time = createVirtualTime(0);
    const seen: number[] = [];
    const cancel = time.timer.every(ms(10), () => {
      seen.push(time.clock.now());
      if (seen.length === 3) cancel();
    });
    time.advance(100);
    expect(seen).toEqual([10, 20, 30]);
    expect(time.pending()).toBe(0);
  });

  it("runs a task set by a task when it falls into the same advance", () => {
    const time = createVirtualTime(0);
    const seen: number[] = [];
    time.timer.after(ms(5), () => time.timer.after(ms(5), () => seen.push(time.clock.now())));
    time.advance(9);
    expect(seen).toEqual([]);
    time.advanceTo(10);
    expect(seen).toEqual([10]);
  });

  it("never goes back, and cancelling twice does nothing", () => {
    const time = createVirtualTime(500);
    const cancel = time.timer.after(ms(1), () => expect.unreachable());
    cancel();
    cancel();
    time.advanceTo(100);
    expect(time.clock.now()).toBe(500);
    time.advance(10);
    expect(time.clock.now()).toBe(510);
  });

  it("stops a timer that sets itself again without any time passing", () => {
    const time = createVirtualTime(0);
    const again = (): void => {
      time.timer.after(ms(0), again);
    };
    again();
    expect(() => time.advance(1)).toThrow(/virtual time passes/);
  });
});
