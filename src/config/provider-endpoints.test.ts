import { describe, expect, it } from "vitest";
import { problemsOf, testWorld as world } from "./parse.test-support.ts";
import { parseConfig } from "./parse.ts";

const local = (fields: string): string => `providers:\n  local: { dialect: openai-chat, ${fields} }\n`;
const two = "endpoints: [{ baseUrl: http://10.0.0.1:8000/v1/ }, { baseUrl: http://10.0.0.2:8000/v1 }]";

function providerOf(text: string) {
  const parsed = parseConfig(text, world);
  if (parsed.kind === "invalid") throw new Error(parsed.problems.map(({ message }) => message).join("\n"));
  return parsed.config.providers["local"];
}

describe("a provider with several addresses", () => {
  it("needs no more than their base URLs: they are told apart by host and port, and `predicted`", () => {
    expect(providerOf(local(two))).toMatchObject({
      baseUrl: "http://10.0.0.1:8000/v1",
      endpoints: {
        list: [
          { name: "10.0.0.1:8000", baseUrl: "http://10.0.0.1:8000/v1", weight: 1, region: undefined },
          { name: "10.0.0.2:8000", baseUrl: "http://10.0.0.2:8000/v1", weight: 1, region: undefined },
        ],
        balance: "predicted",
        hashOn: "conversation",
        health: undefined,
      },
    });
  });

  it("may weigh, name and place each, choose a balancer and look after them", () => {
    const text = local(
      "region: eu-central-1, balance: maglev, hashOn: key, health: { models: true, everyMs: 5 s }, endpoints: [{ baseUrl: https://a.example/v1, name: a, weight: 3 }, { baseUrl: https://b.example/v1, weight: 0, region: eu-west-1 }]",
    );
    expect(providerOf(text)?.endpoints).toEqual({
      list: [
        { name: "a", baseUrl: "https://a.example/v1", weight: 3, region: "eu-central-1" },
        { name: "b.example:443", baseUrl: "https://b.example/v1", weight: 0, region: "eu-west-1" },
      ],
      balance: "maglev",
      hashOn: "key",
      health: { models: true, everyMs: 5000, timeoutMs: 2000, healthy: 2, unhealthy: 3, expect: "200-299" },
    });
  });

  it("is none of those with one address: nothing is there to be balanced", () => {
    expect(providerOf(local("baseUrl: http://10.0.0.1:8000/v1"))).not.toHaveProperty("endpoints");
  });

  it("takes the place of the catalogue's base URL, and then needs no key", () => {
    const parsed = parseConfig(
      "providers:\n  openai: { endpoints: [{ baseUrl: http://10.0.0.1/v1 }, { baseUrl: http://10.0.0.2/v1 }] }\n",
      world,
    );
    expect(parsed.kind).toBe("valid");
  });
});

describe("what is refused of several addresses", () => {
  it.for([
    {
      name: "a base URL beside them",
      fields: `${two}, baseUrl: http://10.0.0.3/v1`,
      says: "`providers.local` has both `baseUrl` and `endpoints`; keep one",
    },
    {
      name: "an address twice",
      fields: "endpoints: [{ baseUrl: http://a/v1 }, { baseUrl: http://a:80/v2 }]",
      says: "`providers.local.endpoints[1]` is called `a:80` like `endpoints[0]`; give it another address, or a `name` of its own",
    },
    {
      name: "an address that is none",
      fields: "endpoints: [{ baseUrl: ftp://a }]",
      says: "`providers.local.endpoints[0].baseUrl` must begin with `http://` or `https://`",
    },
    {
      name: "an address of this gateway",
      fields: "endpoints: [{ baseUrl: http://a/v1 }, { baseUrl: http://127.0.0.1:7227/v1 }]",
      says: "`providers.local.endpoints[1].baseUrl` leads back to this gateway",
    },
    {
      name: "weights that are all 0",
      fields: "endpoints: [{ baseUrl: http://a/v1, weight: 0 }]",
      says: "`providers.local.endpoints` all have weight 0, so nothing could be answered; give one of them a greater",
    },
    {
      name: "a weight below 0",
      fields: "endpoints: [{ baseUrl: http://a/v1, weight: -1 }]",
      says: "`providers.local.endpoints[0].weight` must be at least 0, not -1",
    },
    {
      name: "no address at all",
      fields: "endpoints: []",
      says: "`providers.local.endpoints` must have at least 1 entry",
    },
    {
      name: "a balancer that is not known",
      fields: `${two}, balance: peak-ewna`,
      says: "did you mean `peak-ewma`?",
    },
    {
      name: "a field that is not known",
      fields: "endpoints: [{ baseUrl: http://a/v1, wieght: 2 }]",
      says: "did you mean `weight`?",
    },
    {
      name: "a balancer for one address",
      fields: "baseUrl: http://a/v1, balance: p2c",
      says: "`providers.local.balance` counts only beside `endpoints`",
    },
    {
      name: "checks for one address",
      fields: "baseUrl: http://a/v1, health: { models: true }",
      says: "`providers.local.health` counts only beside `endpoints`",
    },
    {
      name: "a hash where nothing is hashed",
      fields: `${two}, hashOn: key`,
      says: "`providers.local.hashOn` counts only with `balance: consistent-hash` or `balance: maglev`",
    },
    {
      name: "checks that ask nothing",
      fields: `${two}, health: { everyMs: 1000 }`,
      says: "`providers.local.health` needs one of `path: /health` and `models: true`",
    },
    {
      name: "checks that ask two things",
      fields: `${two}, health: { path: /health, models: true }`,
      says: "`providers.local.health` needs one of `path: /health` and `models: true`",
    },
    {
      name: "a path that is none",
      fields: `${two}, health: { path: health }`,
      says: "must be a path that begins with `/`",
    },
    {
      name: "statuses that end before they begin",
      fields: `${two}, health: { path: /health, expect: 299-200 }`,
      says: "`providers.local.health.expect` ends before it begins",
    },
    {
      name: "statuses that are none",
      fields: `${two}, health: { path: /health, expect: ok }`,
      says: "must be a status or a span of statuses, like `200-299`",
    },
  ])("$name", ({ fields, says }) => {
    const [problem, ...more] = problemsOf(local(fields));
    expect(problem).toContain(says);
    expect(more).toEqual([]);
  });

  it("another region than the one that requests are signed for", () => {
    const aws = 'aws: { accessKeyId: "${ID}", secretAccessKey: "${SECRET}" }';
    const text = `allowLiteralSecrets: true\nproviders:\n  local: { dialect: bedrock-converse, region: eu-west-1, ${aws
      .replace("${ID}", "AKIAIOSFODNN7EXAMPLE")
      .replace(
        "${SECRET}",
        "x".repeat(40),
      )}, endpoints: [{ baseUrl: https://a.example }, { baseUrl: https://b.example, region: us-east-1 }] }\n`;
    expect(problemsOf(text)[0]).toContain(
      "signs with `aws` for the region `eu-west-1`, which `us-east-1` would refuse",
    );
  });
});
