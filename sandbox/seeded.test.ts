import { expect, it } from "vitest";
import { diceFor } from "./seeded.ts";

it("dice of the same words fall the same way, of other words another way", () => {
  const draw = (...words: string[]) => {
    const dice = diceFor(...words);
    return [dice.next(), dice.normal(), dice.below(1_000_000), dice.id(24)];
  };
  expect(draw("a", "b")).toEqual(draw("a", "b"));
  expect(draw("a", "b")).not.toEqual(draw("ab"));
});

it("normal draws have mean 0 and deviation 1", () => {
  const dice = diceFor("normal");
  const draws = Array.from({ length: 20_000 }, () => dice.normal());
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
  const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length;
  expect(mean).toBeCloseTo(0, 1);
  expect(variance).toBeCloseTo(1, 1);
});
