import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Arrival, type Class, classes, createCursor } from "./cursor.ts";
import { fairLevel } from "./fair-level.ts";

/** An entrance to a place that does `capacity` requests a second; whatever comes above that makes it late. */
function open(delayMax = 20) {
  let now = 0;
  const cursor = createCursor(
    () => delayMax,
    () => now,
  );
  return {
    cursor,
    /** One second, in which each of `callers` sends so many. @returns How many of each came in. */
    second: (callers: readonly (Partial<Arrival> & { readonly sends: number })[], capacity: number) => {
      const waiting = callers.map(({ sends }) => sends);
      const inside = callers.map(() => 0);
      let came = 0;
      while (waiting.some((left) => left > 0))
        for (const [index, { sends: _, ...caller }] of callers.entries()) {
          if ((waiting[index] ?? 0) <= 0) continue;
          waiting[index] = (waiting[index] ?? 0) - 1;
          const arrival = { priority: "interactive" as Class, tenant: "a", shares: 1, cost: 1, ...caller };
          if (cursor.admit(arrival) !== undefined) continue;
          inside[index] = (inside[index] ?? 0) + 1;
          came += 1;
        }
      cursor.delayed(came > capacity ? 20.1 : 1);
      now += 1000;
      cursor.turn();
      return inside;
    },
    wait: (ms: number) => {
      now += ms;
    },
  };
}

describe("the cursor", () => {
  it("lets everybody in while nothing is late", () => {
    const { second, cursor } = open();
    for (let count = 0; count < 10; count += 1) expect(second([{ sends: 500 }], 1000)).toEqual([500]);
    expect(cursor.state()).toEqual({ admittedShare: 1, from: null, fairCost: null });
  });

  it("comes down to what can be done by a twentieth a second, and stays about there", () => {
    const { second } = open();
    const came = Array.from({ length: 60 }, () => second([{ sends: 400 }], 200)[0] ?? 0);
    expect(came[1]).toBe(380);
    expect(came[2]).toBe(361);
    for (const count of came.slice(20)) {
      expect(count).toBeGreaterThan(0.9 * 200);
      expect(count).toBeLessThan(1.06 * 200);
    }
  });

  it.for([
    [40, 0.9],
    [100, 0.75],
    [5000, 0.75],
  ] as const)("takes more the later the process is: by %d ms, %d is left", ([ms, left]) => {
    const { cursor, wait } = open();
    for (let count = 0; count < 100; count += 1)
      cursor.admit({ priority: "interactive", tenant: "a", shares: 1, cost: 1 });
    cursor.delayed(ms);
    wait(1000);
    cursor.turn();
    expect(cursor.state().admittedShare).toBeCloseTo(left);
  });

  it("is open again one second after less comes", () => {
    const { second } = open();
    for (let count = 0; count < 40; count += 1) second([{ sends: 600 }], 200);
    second([{ sends: 100 }], 200);
    expect(second([{ sends: 100 }], 200)).toEqual([100]);
  });

  it("refuses chaos, then shadows, then batches, and only then who is waited for", () => {
    const { second, cursor } = open();
    const callers = classes.toReversed().map((priority) => ({ priority, sends: 100 }));
    const seen: (readonly number[])[] = [];
    for (let count = 0; count < 80; count += 1) seen.push(second(callers, 150));
    const last = seen.at(-1) ?? [];
    expect(last.slice(0, 2)).toEqual([0, 0]);
    expect(last[2]).toBeGreaterThan(20);
    expect(last[2]).toBeLessThan(70);
    expect(last[3]).toBe(100);
    expect(cursor.state().from).toBe("batch");
    const refused = { priority: "chaos", tenant: "a", shares: 1, cost: 1 } as const;
    expect(cursor.admit(refused)).toEqual({ reason: "priority", share: 0 });
  });

  it("takes from who has most: others come in whole beside one that sends much", () => {
    const { second } = open();
    const callers = [
      { tenant: "greedy", sends: 900 },
      { tenant: "b", sends: 50 },
      { tenant: "c", sends: 50 },
    ];
    let last: readonly number[] = [];
    for (let count = 0; count < 60; count += 1) last = second(callers, 300);
    expect(last.slice(1)).toEqual([50, 50]);
    expect(last[0]).toBeGreaterThan(150);
    expect(last[0]).toBeLessThan(230);
  });

  it("gives who has three shares three times as much", () => {
    const { second } = open();
    const callers = [
      { tenant: "three", shares: 3, sends: 400 },
      { tenant: "one", shares: 1, sends: 400 },
    ];
    const sums = [0, 0];
    for (let count = 0; count < 100; count += 1) {
      const came = second(callers, 200);
      if (count > 30) for (const index of [0, 1]) sums[index] = (sums[index] ?? 0) + (came[index] ?? 0);
    }
    expect((sums[0] ?? 0) / (sums[1] ?? 1)).toBeGreaterThan(2.7);
    expect((sums[0] ?? 0) / (sums[1] ?? 1)).toBeLessThan(3.3);
  });

  it("counts what requests are expected to take", () => {
    const { second } = open();
    const callers = [
      { tenant: "long", cost: 10, sends: 100 },
      { tenant: "short", cost: 1, sends: 100 },
    ];
    const came = Array.from({ length: 40 }, () => second(callers, 150)).slice(20);
    for (const [, short] of came) expect(short).toBe(100);
    expect(came.reduce((sum, [long = 0]) => sum + long, 0) / came.length).toBeLessThan(70);
  });

  it("goes by what was refused at the targets where everybody has to wait for them, and by nothing of a slow one", () => {
    const told = (straight: number): number => {
      const { cursor, wait } = open();
      for (let count = 0; count < 100; count += 1) {
        cursor.admit({ priority: "interactive", tenant: `t${count % 10}`, shares: 1, cost: 1 });
        cursor.waited(count < straight ? 0 : 200, true);
        if (count % 4 === 0) cursor.gaveUp();
      }
      wait(1000);
      cursor.turn();
      return cursor.state().admittedShare;
    };
    expect(told(50)).toBe(1);
    expect(told(5)).toBeCloseTo(0.95 * 0.75);
  });

  it("lets in one of twenty whatever happens: not every delay is of requests", () => {
    const { second } = open();
    for (let count = 0; count < 100; count += 1) second([{ sends: 400 }], 0);
    expect(second([{ sends: 400 }], 0)).toEqual([20]);
  });

  it("holds nobody back for a few slow requests, whatever the delay", () => {
    const { second } = open();
    for (let count = 0; count < 10; count += 1) expect(second([{ sends: 19 }], 0)).toEqual([19]);
  });

  it("ends a window after two thousand requests, without waiting for its second", () => {
    const { cursor } = open();
    cursor.delayed(20.1);
    const asks = { priority: "interactive", tenant: "a", shares: 1, cost: 1 } as const;
    const held = Array.from({ length: 4000 }, () => cursor.admit(asks)).filter((one) => one !== undefined);
    expect(held.length).toBeGreaterThanOrEqual(99);
    expect(held.length).toBeLessThanOrEqual(101);
    expect(held[0]).toEqual({ reason: "share", share: expect.closeTo(0.95, 3) });
  });

  it("goes by one reading once, however many windows end before the next", () => {
    const { cursor } = open();
    const asks = { priority: "interactive", tenant: "a", shares: 1, cost: 1 } as const;
    cursor.delayed(260);
    const came = Array.from(
      { length: 20 },
      () =>
        Array.from({ length: 2000 }, () => cursor.admit(asks)).filter((held) => held === undefined).length,
    );
    expect(came[0]).toBe(2000);
    for (const count of came.slice(1)) expect(Math.abs(count - 1500)).toBeLessThanOrEqual(1);
  });

  it.for<{ name: string; refused: number; straight: number; admitted: number }>([
    {
      name: "nearly all, and nearly none went straight in: half, and a twentieth",
      refused: 95,
      straight: 5,
      admitted: 0.475,
    },
    { name: "a fifth", refused: 20, straight: 5, admitted: 1 },
    { name: "nearly all of a few of the targets", refused: 85, straight: 15, admitted: 1 },
  ])("goes by what targets refuse that let nobody wait: $name", ({ refused, straight, admitted }) => {
    const { cursor, wait } = open();
    for (let count = 0; count < 100; count += 1) {
      cursor.admit({ priority: "interactive", tenant: `t${count % 10}`, shares: 1, cost: 1 });
      if (count < straight) cursor.waited(0, true);
      else if (count < straight + refused) {
        cursor.waited(0, false);
        cursor.gaveUp();
      } else cursor.waited(1, true);
    }
    wait(1000);
    cursor.turn();
    expect(cursor.state().admittedShare).toBeCloseTo(admitted);
  });

  it("does not let refusals at once hide how long the others wait", () => {
    const { cursor, wait } = open();
    for (let count = 0; count < 100; count += 1) {
      cursor.admit({ priority: "interactive", tenant: `t${count % 10}`, shares: 1, cost: 1 });
      cursor.waited(count < 90 ? 0 : 30, count >= 90);
    }
    wait(1000);
    cursor.turn();
    expect(cursor.state().admittedShare).toBeCloseTo(0.95);
  });

  it("lets everybody in with the next reading once nobody asks for less", () => {
    let delayMax = 20;
    let now = 0;
    const cursor = createCursor(
      () => delayMax,
      () => now,
    );
    const asks = { priority: "interactive", tenant: "a", shares: 1, cost: 1 } as const;
    for (let count = 0; count < 10; count += 1) {
      for (let sent = 0; sent < 100; sent += 1) cursor.admit(asks);
      cursor.delayed(100);
      now += 1000;
      cursor.turn();
    }
    expect(cursor.state().admittedShare).toBeLessThan(0.3);
    for (let sent = 0; sent < 100; sent += 1) cursor.admit(asks);
    delayMax = Number.POSITIVE_INFINITY;
    now += 100;
    cursor.delayed(100);
    cursor.turn();
    expect(cursor.state()).toEqual({ admittedShare: 1, from: null, fairCost: null });
    for (let sent = 0; sent < 3000; sent += 1) expect(cursor.admit(asks)).toBeUndefined();
  });

  it("gives everyone their class's share for a window when the hour's salt is new", () => {
    const { second } = open();
    const callers = [
      { tenant: "greedy", sends: 90 },
      { tenant: "b", sends: 10 },
    ];
    const came = Array.from({ length: 3700 }, () => second(callers, 30)[1] ?? 0);
    const [before, at, later] = [came.slice(3500, 3600), came.slice(3600, 3605), came.slice(3630)];
    expect(Math.min(...before)).toBe(10);
    expect(Math.min(...at)).toBeLessThan(6);
    expect(Math.min(...later)).toBe(10);
  });
});

it("a fair level gives what there is, to nobody more than is asked for", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.001, max: 1000, noNaN: true }), { minLength: 1, maxLength: 40 }),
      fc.double({ min: 0, max: 5000, noNaN: true }),
      (demands, supply) => {
        const level = fairLevel(Float64Array.from(demands), supply);
        const given = demands.reduce((sum, demand) => sum + Math.min(demand, level), 0);
        const wanted = demands.reduce((sum, demand) => sum + demand, 0);
        expect(given).toBeCloseTo(Math.min(supply, wanted), 6);
      },
    ),
  );
});
