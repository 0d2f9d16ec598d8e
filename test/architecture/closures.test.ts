import { expect, it } from "vitest";
import { sourceFiles } from "./source-files.ts";

/**
 * V8 allocates a function that is written down where it is assigned to a property (`trail.onAnswer = () => {}`) among its
 * old objects at once, as methods of prototypes are set so; a getter of an object literal makes a hidden class for each
 * object. Either holds on to all that it sees until a full collection: of a request that is everything, which trebled what
 * collections cost. A function with a name of its own (`const onAnswer = …; trail.onAnswer = onAnswer`) and a getter of a
 * class have no such cost.
 */
const assigned = /[\w\])]\.#?\w+ (?:\?\?|\|\|)?= (?:async )?(?:\([^=]*?\)|\w+)(?:: [^=]+?)? =>/;
const getter = /^ {4,}get \w+\(\)/;

it("no function is written down in the assignment of a property, and no getter in an object literal", () => {
  const found = [...sourceFiles("src/**/*.ts")]
    .filter(([file]) => !file.includes(".test"))
    .flatMap(([file, text]) =>
      text
        .split("\n")
        .flatMap((line, index) =>
          assigned.test(line) || getter.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [],
        ),
    );
  expect(found).toEqual([]);
});

it.for([
  "  trail.onAnswer = (status, headers) => {",
  "    asked.trail.charge = (cost: number): void => {",
  "  this.#look ??= async () => 1;",
])("finds `%s`", (line) => {
  expect(assigned.test(line)).toBe(true);
});
