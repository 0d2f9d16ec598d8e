import { getStitchedSchemaFromSupergraphSdl } from "@graphql-tools/federation";
import { execute, parse } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BootedGateway } from "../support/booted-gateway.ts";
import { createMonolith, type Federation, startFederation } from "../support/federation/federation.ts";
import { ask, gatewayOver } from "../support/federation/gateway.ts";
import { type Scenario, scenarios } from "../support/federation/scenarios.ts";

/**
 * Rows in which `@graphql-tools/federation` 4.5 answers otherwise than one plain schema over the same data does. One that
 * it answers rightly one day must leave this list.
 */
const faultsOfLibrary: ReadonlySet<string> = new Set([
  "@requires with inline fragments",
  "@requires with inline fragments, beside the client's own",
  "@requires on an @interfaceObject",
  "@requires on an @interfaceObject, from its own subgraph",
  "@requires on an @interfaceObject, by type",
  "interface entity by @interfaceObject",
  "interface entity: fields of the object on each type",
  "@interfaceObject from the union",
  "aliases and fragments everywhere",
  "aliases that hide keys",
]);

/** The library by itself: it asks the subgraphs by its own transport. */
async function byLibrary({ supergraph }: Federation, { query, variables = {}, labels = [] }: Scenario) {
  const schema = getStitchedSchemaFromSupergraphSdl({
    supergraphSdl: supergraph,
    handleProgressiveOverride: (label) => labels.includes(label),
  });
  return execute({ schema, document: parse(query), variableValues: variables, contextValue: {} });
}

/** As a client gets it; errors by their places, since each has its own words. */
function seen(result: unknown): unknown {
  const { data, errors }: { readonly data?: unknown; readonly errors?: unknown } = JSON.parse(
    JSON.stringify(result),
  );
  const list: readonly { readonly path?: unknown }[] = Array.isArray(errors) ? errors : [];
  return { data, errors: list.map(({ path }) => path) };
}

let shared: Federation;
let gateway: BootedGateway;
beforeAll(async () => {
  shared = await startFederation();
  gateway = await gatewayOver(shared);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await shared.close();
});

async function byGateway(subgraphs: Federation, { query, variables, labels }: Scenario): Promise<unknown> {
  if (subgraphs === shared && labels === undefined) return ask(gateway, query, variables);
  await using own = await gatewayOver(subgraphs, labels);
  // Awaited before it is closed.
  const answer = await ask(own, query, variables);
  return answer;
}

describe("our gateway and the library, over the same subgraphs", () => {
  it("have rows by name alone", () => {
    expect(new Set(scenarios.map(({ row }) => row)).size).toBe(scenarios.length);
    expect([...faultsOfLibrary].filter((row) => !scenarios.some((one) => one.row === row))).toEqual([]);
  });

  it.for(scenarios.map((scenario) => ({ ...scenario })))("$row", async (scenario) => {
    const { row, query, variables = {}, data } = scenario;
    // Mutations change the world: each side has its own.
    const isMutation = query.startsWith("mutation");
    const worlds = isMutation ? await Promise.all([startFederation(), startFederation()]) : [shared, shared];
    const [one = shared, other = shared] = worlds;
    const ours = seen(await byGateway(one, scenario));
    const theirs = seen(
      await byLibrary(other, scenario).catch((thrown: unknown) => ({ data: String(thrown) })),
    );
    const right = seen(data === undefined ? await createMonolith().run({ query, variables }) : { data });
    expect(ours).toEqual(right);
    if (faultsOfLibrary.has(row)) expect(theirs).not.toEqual(right);
    else expect(theirs).toEqual(ours);
    if (isMutation) await Promise.all(worlds.map((world) => world.close()));
  });
});
