import { describe, expect, it } from "vitest";
import { problemsOf, testWorld as world } from "./parse.test-support.ts";
import { parseConfig } from "./parse.ts";

const service = (fields: string): string =>
  `services: { s: { baseUrl: "http://127.0.0.1:1", ${fields} } }\nroutes: { r: { path: /r, service: s, protocol: graphql } }\n`;

describe("subscriptions of a service", () => {
  it("go by sockets where it says so, at a path of their own if it has one", () => {
    const parsed = parseConfig(
      service("graphql: { subscriptions: ws, subscriptionsPath: /graphql/ws }"),
      world,
    );
    expect(parsed).toMatchObject({
      kind: "valid",
      config: { services: { s: { graphql: { subscriptions: "ws", subscriptionsPath: "/graphql/ws" } } } },
    });
  });

  it.for([
    [
      "sockets over HTTP/2",
      'http: "2", graphql: { subscriptions: ws }',
      /opened by HTTP\/1\.1, and `services\.s\.http` is `2`/,
    ],
    [
      "a path of sockets that are none",
      "graphql: { subscriptionsPath: /ws }",
      /needs `subscriptions: ws` beside it/,
    ],
    ["another way", "graphql: { subscriptions: poll }", /subscriptions/],
    ["a path with a fragment", "graphql: { subscriptions: ws, subscriptionsPath: /ws#a }", /must be a path/],
  ] as const)("are no %s", ([, fields, expected]) => {
    expect(problemsOf(service(fields)).join("\n")).toMatch(expected);
  });
});

it("a service is asked for no list of models", () => {
  const written = (health: string): string =>
    `services: { s: { endpoints: [{ baseUrl: "http://127.0.0.1:1" }], health: { ${health} } } }\nroutes: { r: { path: /r, service: s } }\n`;
  expect(problemsOf(written("path: /health"))).toEqual([]);
  expect(problemsOf(written("models: true"))).toEqual([
    "1:76 a service has no list of models to ask for; say `path`, for example `path: /health`",
  ]);
});
