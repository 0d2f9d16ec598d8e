import { describe, expect, it } from "vitest";
import { openSupergraph } from "../../src/platform/graphql-federation/index.ts";
import { compose } from "../support/federation/federation.ts";
import { subgraphOf } from "../support/federation/serve.ts";
import { abstract } from "../support/federation/shapes/abstract.ts";
import { requiring } from "../support/federation/shapes/requires.ts";
import type { Shape } from "../support/federation/shapes/shape.ts";
import { values } from "../support/federation/shapes/values.ts";
import { ways } from "../support/federation/shapes/ways.ts";

/** The shape's supergraph, its subgraphs asked without a network; they refuse what is not valid for them. */
function open({ subgraphs }: Shape) {
  const sdls = Object.fromEntries(Object.entries(subgraphs).map(([name, { sdl }]) => [name, sdl]));
  const served = new Map(
    Object.entries(subgraphs).map(([name, { sdl, side }]) => [name, subgraphOf(sdl, side)]),
  );
  const opened = openSupergraph(compose(sdls, {}), {
    doors: {
      fetch: async ({ name }, { query, variables }) =>
        JSON.parse(JSON.stringify((await served.get(name)?.run({ query, variables })) ?? null)),
      subscribe: () => expect.unreachable(),
    },
    exposeSubgraphErrors: true,
  });
  if (opened.kind === "problems") throw new Error(JSON.stringify(opened.problems));
  return opened.federation;
}

const rows = [...requiring, ...ways, ...abstract, ...values].flatMap((shape) =>
  shape.asks.map((ask, index) => ({ name: `${shape.name}, ${index + 1}`, shape, ask })),
);

describe("small federations", () => {
  it.for(rows)("$name", async ({ shape, ask: { query, variables, data } }) => {
    const result = await open(shape).execute({ text: query, variables });
    expect(JSON.parse(JSON.stringify(result))).toEqual({ data });
  });
});
