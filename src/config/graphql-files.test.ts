import { describe, expect, it } from "vitest";
import { diffConfigs, showConfig } from "./diff.ts";
import { parseWorldOf } from "./parse.test-support.ts";
import { parseConfig } from "./parse.ts";

const text = `services: { one: { baseUrl: "http://127.0.0.1:1" } }
routes: { graph: { protocol: graphql, path: /graphql, service: one, graphql: { schema: one.graphql } } }`;

function configOf(schema: string, written = text) {
  const outcome = parseConfig(written, parseWorldOf({}, { "one.graphql": schema }));
  if (outcome.kind === "invalid") throw new Error(outcome.problems[0]?.message);
  return outcome.config;
}

describe("files of GraphQL", () => {
  const before = configOf("type Query { secretOne: Int }");
  const after = configOf("type Query { secretTwo: Int other: Int }");

  it("are a change of the configuration when they change, told by digest and size", () => {
    expect(diffConfigs(before, configOf("type Query { secretOne: Int }"))).toEqual([]);
    const changes = diffConfigs(before, after);
    expect(changes.map(({ path, kind }) => [path, kind])).toEqual([
      ['graphqlFiles["one.graphql"].digest', "changed"],
      ['graphqlFiles["one.graphql"].size', "changed"],
    ]);
    expect(changes[1]).toMatchObject({ before: "29", after: "40" });
    expect(JSON.stringify(changes)).not.toContain("secret");
  });

  it("are not shown when they come, go, or stand in the running configuration", () => {
    const none = configOf("", text.replace(", graphql: { schema: one.graphql }", ""));
    for (const changes of [diffConfigs(none, after), diffConfigs(after, none)]) {
      expect(changes.map(({ path }) => path)).toContain("graphqlFiles");
      expect(JSON.stringify(changes)).not.toContain("secret");
    }
    expect(showConfig(after)).toMatchObject({ graphqlFiles: { "one.graphql": { size: 40 } } });
    expect(JSON.stringify(showConfig(after))).not.toContain("secret");
    expect(after.graphqlFiles?.["one.graphql"]).toContain("secretTwo");
  });
});
