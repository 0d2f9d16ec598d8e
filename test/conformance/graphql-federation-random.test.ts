import { afterAll, beforeAll, expect, it } from "vitest";
import { openSupergraph } from "../../src/platform/graphql-federation/index.ts";
import { createMonolith, type Federation, startFederation } from "../support/federation/federation.ts";
import { plainDoors } from "../support/federation/plain-doors.ts";
import { type RandomQueries, randomQuery } from "../support/federation/random-queries.ts";

let subgraphs: Federation;
beforeAll(async () => {
  subgraphs = await startFederation();
});
afterAll(() => subgraphs.close());

/** Source: Numerical Recipes, "Quick and dirty". */
function sequence(seed: number): RandomQueries["next"] {
  let state = seed;
  return (below) => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const args = new Map([
  ["Query.user", ['(id: "u1")', '(id: "u2")', '(id: "nobody")']],
  ["Query.item", ['(id: "b1")', '(id: "f1")', '(id: "nothing")']],
  ["Query.sorted", ["", "(by: PRICE)", "(by: TITLE)"]],
  ["Query.find", ["", '(filter: { title: "Dune" })']],
  ["Query.cheapest", ["", '(filter: { title: "Dune" })']],
  ["Book.size", ["(unit: CM)", "(unit: INCH)"]],
  ["Book.parcel", ["", "(express: true)", "(express: false)"]],
]);
/** The rows of null keys tell what is right there. */
const without = new Set(["Order.article"]);

/** Which errors are told besides the one that makes a null depends on who was asked what at once. */
function seen({ data, errors = [] }: { readonly data?: unknown; readonly errors?: readonly unknown[] }) {
  return JSON.parse(JSON.stringify({ data: data ?? null, hasErrors: errors.length > 0 }));
}

it("hundreds of random queries are answered as one plain schema answers them", async () => {
  const opened = openSupergraph(subgraphs.supergraph, { doors: plainDoors });
  if (opened.kind === "problems") throw new Error(JSON.stringify(opened.problems));
  const monolith = createMonolith();
  const next = sequence(7227);
  for (let index = 0; index < 300; index += 1) {
    const query = randomQuery({ schema: monolith.schema, next, without, args });
    const expected = await monolith.run({ query });
    const got = await opened.federation.execute({ text: query, context: {} });
    if (Symbol.asyncIterator in got) throw new Error("a subscription");
    expect({ query, ...seen(got) }).toEqual({ query, ...seen(expected) });
  }
});
