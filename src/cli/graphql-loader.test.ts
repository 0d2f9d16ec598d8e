import { beforeAll, describe, expect, it } from "vitest";
import { compose } from "../../test/support/federation/federation.ts";
import { parseWorldOf } from "../config/parse.test-support.ts";
import { parseConfig } from "../config/parse.ts";
import type { GraphqlParts } from "../gateway/graphql-kept.ts";
import { compileGraphqlRoute, type GraphqlRoute } from "../gateway/graphql-routes.ts";
import { compileServices } from "../gateway/services.ts";
import { graphqlLoader } from "./graphql-loader.ts";

const supergraph = compose({ only: "type Query { one: Int }" }, { only: "" });
const settings = {
  supergraph,
  manifest: "{}",
  route: "",
  graphql: "",
};

async function loaded(): Promise<GraphqlParts> {
  const loader = graphqlLoader();
  await loader.loadFor({ routes: configOf(settings).routes });
  return loader.loaded() ?? expect.unreachable();
}

function configOf({ supergraph: text, manifest, route, graphql }: typeof settings) {
  const outcome = parseConfig(
    `services: { only: { baseUrl: "http://127.0.0.1:1" } }
routes:
  graph: { protocol: graphql, path: /graphql, ${route} graphql: { ${graphql} supergraph: super, trustedDocuments: { manifest: known } } }`,
    parseWorldOf({}, { super: text, known: manifest }),
  );
  if (outcome.kind === "invalid") throw new Error(JSON.stringify(outcome.problems));
  return outcome.config;
}

function compiled(tools: GraphqlParts, changed: Partial<typeof settings> = {}): GraphqlRoute {
  const config = configOf({ ...settings, ...changed });
  const route = config.routes["graph"] ?? expect.unreachable();
  const written = { id: "graph", settings: route, files: config.graphqlFiles ?? {} };
  return compileGraphqlRoute(written, compileServices(config), tools);
}

describe("a configuration after another", () => {
  let tools: GraphqlParts;
  beforeAll(async () => {
    tools = await loaded();
  });
  const ask = { mayIntrospect: false };

  it.for<
    [
      name: string,
      changed: Partial<typeof settings>,
      kept: { plans: boolean; documents: boolean; ids: boolean },
    ]
  >([
    ["nothing", {}, { plans: true, documents: true, ids: true }],
    ["a span of time", { route: "headMs: 7," }, { plans: true, documents: true, ids: true }],
    ["headers", { graphql: "forwardHeaders: [x-one]," }, { plans: true, documents: true, ids: true }],
    ["labels", { graphql: "overrideLabels: { new: true }," }, { plans: true, documents: true, ids: true }],
    ["a limit", { graphql: "limits: { depth: 7 }," }, { plans: true, documents: false, ids: true }],
    [
      "the limit of tokens",
      { graphql: "limits: { tokens: 7 }," },
      { plans: false, documents: false, ids: true },
    ],
    ["masks", { graphql: "exposeSubgraphErrors: true," }, { plans: false, documents: true, ids: true }],
    [
      "the supergraph",
      {
        supergraph: `${supergraph}\ntype Two @join__type(graph: ONLY) { two: Int }`,
      },
      { plans: false, documents: false, ids: true },
    ],
    ["trusted documents", { manifest: '{"a":"{ one }"}' }, { plans: true, documents: true, ids: false }],
  ])("that changes %s keeps what has nothing to do with it", ([, changed, kept]) => {
    const before = compiled(tools);
    before.federated?.federation.explain({ text: "{ one }" });
    before.checker.check("{ one }", ask);
    const after = compiled(tools, changed);
    const plans = after.federated?.federation.planCache().plans ?? 0;
    expect({
      plans: plans > 0,
      documents: after.checker.cached().documents > 0,
      ids: after.documents === before.documents,
    }).toEqual(kept);
  });

  it("that cannot be compiled leaves what was kept", () => {
    const before = compiled(tools);
    expect(() => compiled(tools, { supergraph: "type Query { one: Int }" })).toThrow("cannot be used");
    expect(compiled(tools).federated?.federation).toBe(before.federated?.federation);
  });

  it("has the services of its own", () => {
    const before = compiled(tools);
    const after = compiled(tools, { route: "headMs: 7," });
    expect(after.federated?.federation).toBe(before.federated?.federation);
    expect(after.federated?.targets.get("only")?.headTimeout).toBe(7);
    expect(before.federated?.targets.get("only")?.headTimeout).not.toBe(7);
  });
});
