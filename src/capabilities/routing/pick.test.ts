import { describe, expect, it } from "vitest";
import { uniformOf } from "../../kernel/uniform.ts";
import { createSeededRandom } from "../../platform/memory/index.ts";
import type { Arm } from "./arm.ts";
import { type PickRules, pick, reservedOf } from "./pick.ts";

const arm = (id: string, quality: number, cost: number, more: Partial<Arm> = {}): Arm => ({
  id,
  quality,
  health: 1,
  cost,
  costHigh: 2 * cost,
  seconds: 1,
  isNew: false,
  ...more,
});
const cheap = arm("cheap", 0.7, 1);
const dear = arm("dear", 0.9, 10);
const rules: PickRules = { price: 0.1, perRequest: 5, credit: 100, perSecond: 0, explore: 0 };
const never = (): number => 0.999;

describe("pick", () => {
  it.for<[winner: string, changes: Partial<PickRules>, arms: readonly [Arm, ...Arm[]]]>([
    ["dear", {}, [cheap, dear]],
    ["cheap", { price: 0.2 }, [cheap, dear]],
    ["cheap", { credit: 19 }, [cheap, dear]],
    ["cheap", {}, [cheap, { ...dear, health: 0.5 }]],
    ["cheap", { perSecond: 0.1 }, [cheap, { ...dear, seconds: 4 }]],
    ["cheap", { credit: 0.5 }, [dear, cheap]],
    ["even", { price: 0 }, [cheap, { ...cheap, id: "even", cost: 0.5 }]],
  ])("asks %s with %o", ([winner, changes, arms]) => {
    const { order, chosenBy } = pick(arms, { ...rules, ...changes }, never);
    expect(order[0]?.arm.id).toBe(winner);
    expect(chosenBy).toBe("score");
    expect(order).toHaveLength(arms.length);
  });

  describe("two arms one after the other", () => {
    const small = arm("small", 0.8, 1, { keeps: 0.9 });
    const large = arm("large", 0.9, 10);
    const both = { ...rules, price: 0.05, cascadeWithinMs: 10_000 };
    const pairOf = (changes: Partial<PickRules>, first: Partial<Arm> = {}, second: Partial<Arm> = {}) => {
      const { order, cascade } = pick(
        [
          { ...large, ...second },
          { ...small, ...first },
        ],
        { ...both, ...changes },
        never,
      );
      return cascade === undefined ? order[0]?.arm.id : order.map(({ arm: { id } }) => id).join(" then ");
    };
    it.for<[name: string, expected: string, ...Parameters<typeof pairOf>]>([
      // .8 + .1 · .9 - .05 · (1 + .1 · 10) / 5 = .87, beside .8 and .79
      ["are worth more than each alone", "small then large", {}],
      ["are not asked where nothing can be checked", "large", { cascadeWithinMs: undefined, price: 0.01 }],
      ["are not asked where nothing of the first is ever seen to be bad", "large", {}, { keeps: 1 }],
      ["are not asked where the first is hardly ever right", "large", { price: 0.001 }, { quality: 0.14 }],
      ["are not asked without time for both", "large", { cascadeWithinMs: 1999 }],
      ["are not asked without credit for both", "large", { credit: 21 }],
      ["are not asked where the second fails at what the first fails at", "large", {}, {}, { rescues: 0 }],
    ])("%s: %s", ([, expected, ...how]) => {
      expect(pairOf(...how)).toBe(expected);
    });

    it("set aside what both may cost, and a trial is of one alone", () => {
      const asked = pick([large, small], both, never);
      expect(reservedOf(asked)).toBe(22);
      expect(asked.propensities.get("small")).toBe(1);
      const trial = pick([large, small], { ...both, explore: 0.2 }, () => 0);
      expect([trial.chosenBy, trial.cascade]).toEqual(["explore", undefined]);
      expect(reservedOf(trial)).toBe(trial.order[0]?.arm.costHigh);
    });
  });

  it("asks who has just come to others in one of three, until it has been asked twenty times", () => {
    const come = arm("new", 0.1, 1, { isNew: true, isUnasked: true });
    const explored = { ...rules, explore: 0.01 };
    const shareOf = (arms: readonly [Arm, ...Arm[]], changes: Partial<PickRules> = {}) =>
      pick(arms, { ...explored, ...changes }, never).propensities.get("new");
    expect(shareOf([cheap, dear, come])).toBeCloseTo(1 / 3, 12);
    expect(shareOf([cheap, dear, { ...come, isUnasked: false }])).toBe(0.03);
    expect(shareOf([cheap, dear, { ...come, isNew: false }])).toBeCloseTo(0.01 / 3, 12);
    expect(shareOf([{ ...cheap, isNew: true }, { ...dear, isNew: true }, come])).toBe(0.01);
    expect(shareOf([cheap, dear, come], { explore: 0 })).toBe(0);
    expect(shareOf([cheap, dear, { ...come, costHigh: 41 }])).toBe(0);
  });

  it.each([
    ["the trusted arm, whatever the scores", 100, "dear", "dear"],
    ["the trusted arm, whatever the credit", 0.5, "dear", "dear"],
    ["the best that can be paid for, where the trusted arm may not be asked", 19, "gone", "better"],
    ["the cheapest, where nobody else can be", 0.5, "gone", "cheap"],
  ])("asks %s, while the pool is guarded", (_what, credit, guardedBy, winner) => {
    const arms = [cheap, arm("better", 0.8, 9), dear] as const;
    const picked = pick([...arms], { ...rules, price: 1, explore: 0.2, credit, guardedBy }, () => 0);
    expect(picked.order.map((one) => one.arm.id)[0]).toBe(winner);
    expect(picked.order).toHaveLength(3);
    expect(picked.chosenBy).toBe("guard");
    expect(Object.fromEntries(picked.propensities)).toEqual({ cheap: 0, better: 0, dear: 0, [winner]: 1 });
    expect(picked.isOutOfCredit).toBe(credit < 2 * (winner === "dear" ? 10 : winner === "better" ? 9 : 1));
  });

  it("says that nobody was within the credit", () => {
    expect(pick([cheap, dear], { ...rules, credit: 0.5 }, never).isOutOfCredit).toBe(true);
    expect(pick([cheap, dear], rules, never).isOutOfCredit).toBe(false);
  });

  it("tries new arms first, and none that may cost too much", () => {
    const fresh = arm("fresh", 0.6, 2, { isNew: true });
    const { propensities } = pick([cheap, dear, fresh], { ...rules, explore: 0.01 }, never);
    expect(Object.fromEntries(propensities)).toEqual({ cheap: 0, dear: 0.97, fresh: 0.03 });
    const tooDear = { ...fresh, costHigh: 8 * rules.perRequest + 1 };
    const { propensities: without } = pick([cheap, dear, tooDear], { ...rules, explore: 0.01 }, never);
    expect(without.get("fresh")).toBe(0);
  });

  it("draws by the probabilities that it tells", () => {
    const { bytes } = createSeededRandom(4);
    const random = (): number => uniformOf(bytes);
    const arms = [cheap, dear, arm("third", 0.8, 2)] as const;
    const told = pick([...arms], { ...rules, explore: 0.15 }, random).propensities;
    const drawn = new Map<string, number>();
    const draws = 100_000;
    for (let draw = 0; draw < draws; draw += 1) {
      const id = pick([...arms], { ...rules, explore: 0.15 }, random).order[0]?.arm.id ?? "";
      drawn.set(id, (drawn.get(id) ?? 0) + 1);
    }
    expect([...told.values()].reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    for (const [id, share] of told) {
      const error = Math.sqrt((share * (1 - share)) / draws);
      expect(Math.abs((drawn.get(id) ?? 0) / draws - share)).toBeLessThanOrEqual(3 * error);
    }
  });
});
