import fc from "fast-check";
import { expect, it } from "vitest";
import { createRoster } from "./roster.ts";

it("holds just those who have joined and not left, whatever the order", () => {
  const moves = fc.array(fc.record({ joins: fc.boolean(), who: fc.nat({ max: 1000 }) }), { maxLength: 200 });
  fc.assert(
    fc.property(moves, (list) => {
      const roster = createRoster<number>();
      const model: { readonly member: number; readonly leave: () => void }[] = [];
      let next = 0;
      for (const { joins, who } of list) {
        if (joins || model.length === 0) {
          const member = next++;
          model.push({ member, leave: roster.join(member) });
        } else {
          const [gone] = model.splice(who % model.length, 1);
          gone?.leave();
          gone?.leave();
        }
        expect(roster.size()).toBe(model.length);
      }
      expect(roster.members().toSorted((left, right) => left - right)).toEqual(
        model.map(({ member }) => member),
      );
    }),
  );
});

it("may be left while it is walked", () => {
  const roster = createRoster<{ leave: () => void }>();
  for (let index = 0; index < 5; index += 1) {
    const member = { leave: (): void => undefined };
    member.leave = roster.join(member);
  }
  for (const member of roster.members()) member.leave();
  expect(roster.size()).toBe(0);
});
