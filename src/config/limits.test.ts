import { describe, expect, it } from "vitest";
import { problemsOf, testWorld as world } from "./parse.test-support.ts";
import { parseConfig } from "./parse.ts";

const base = `providers: { up: { dialect: openai-chat, baseUrl: "http://127.0.0.1:1/v1", models: ["gpt-*"] } }
models: { fast: [up/gpt-4o] }
services: { s: { baseUrl: "http://127.0.0.1:2" } }
routes: { orders: { path: /orders, service: s } }
`;
const limits = (...list: readonly string[]): string =>
  `${base}limits:\n${list.map((one) => `  - { ${one} }\n`).join("")}`;

describe("limits", () => {
  it("have usual values, and spans as they are spoken", () => {
    const parsed = parseConfig(
      limits("id: rpm, limit: 60, perMs: 1 min, routes: [orders, raw], models: [fast, gpt-4o, up/x]"),
      world,
    );
    expect(parsed).toMatchObject({
      kind: "valid",
      config: { limits: [{ id: "rpm", scope: ["key"], unit: "requests", limit: 60, perMs: 60_000 }] },
    });
  });

  it.for([
    [
      "a route that there is not",
      "id: a, limit: 1, routes: [order]",
      /`order` is no route; did you mean `orders`/,
    ],
    [
      "a model that there is not",
      "id: a, limit: 1, models: [fats]",
      /`fats` is no pool .* did you mean `fast`/,
    ],
    ["a unit that there is not", "id: a, limit: 1, unit: token", /unit/],
    ["a name that is none", "id: A b, limit: 1", /is not a name/],
    ["no limit at all", "id: a, limit: 0", /limit/],
    ["a scope twice", "id: a, limit: 1, scope: [key, key]", /`scope` names one thing twice/],
    ["`global` beside others", "id: a, limit: 1, scope: [global, key]", /nothing stands beside it/],
    ["a burst of places", "id: a, limit: 1, unit: concurrent, burst: 2", /`burst` does nothing/],
  ] as const)("know no %s", ([, written, expected]) => {
    expect(problemsOf(limits(written)).join("\n")).toMatch(expected);
  });

  it("have one name each", () => {
    expect(problemsOf(limits("id: a, limit: 1", "id: a, limit: 2")).join("\n")).toMatch(/`a` is there twice/);
  });
});
