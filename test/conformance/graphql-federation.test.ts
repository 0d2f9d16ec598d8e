import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSupergraph } from "../../src/platform/graphql-federation/index.ts";
import type { Federation, GraphqlResult } from "../../src/ports/graphql-federation.ts";
import {
  createMonolith,
  type Federation as Subgraphs,
  startFederation,
} from "../support/federation/federation.ts";
import { plainDoors } from "../support/federation/plain-doors.ts";
import { scenarios } from "../support/federation/scenarios.ts";

let subgraphs: Subgraphs;
beforeAll(async () => {
  subgraphs = await startFederation();
});
afterAll(() => subgraphs.close());

/** As a client gets it. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

async function ask(federation: Federation, text: string, more: object = {}): Promise<GraphqlResult> {
  const result = await federation.execute({ text, ...more });
  if (Symbol.asyncIterator in result) throw new Error("a subscription");
  return result;
}

describe("rows of the federation, against the monolith", () => {
  it.for(scenarios.map((scenario) => ({ ...scenario })))("$row", async (scenario) => {
    // Both worlds begin anew: mutations change them.
    const fresh = scenario.query.startsWith("mutation") ? await startFederation() : subgraphs;
    const { query, variables, labels, data } = scenario;
    const opened = openSupergraph(fresh.supergraph, { doors: plainDoors });
    if (opened.kind === "problems") throw new Error(JSON.stringify(opened.problems));
    fresh.forget();
    const got = await ask(opened.federation, query, { variables, context: { labels } });
    const expected = await createMonolith().run({ query, ...(variables === undefined ? {} : { variables }) });
    expect(asJson(got)).toEqual(asJson(data === undefined ? expected : { data }));
    expect(fresh.asked.map(({ subgraph }) => subgraph)).not.toEqual(
      expect.arrayContaining([...(scenario.unasked ?? ["nobody"])]),
    );
    if (fresh !== subgraphs) await fresh.close();
  });
});
