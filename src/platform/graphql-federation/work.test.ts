import { describe, expect, it } from "vitest";
import { compose } from "../../../test/support/federation/federation.ts";
import type { FederationLimits, SubgraphRequest } from "../../ports/graphql-federation.ts";
import { openSupergraph } from "./index.ts";

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])`;
const supergraph = compose(
  {
    accounts: `${link} type Query { users: [User!]! me: User } type Mutation { count: Int }
      type User @key(fields: "id") { id: ID! friend: User }`,
    billing: `${link} type Query { total: Int } type User @key(fields: "id") { id: ID! plan: String }`,
    shipping: `${link} type User @key(fields: "id") { id: ID! city: String }`,
  },
  {},
);

type Asked = SubgraphRequest & { readonly name: string };

function open(answer: (asked: Asked) => unknown, limits: Partial<FederationLimits> = {}) {
  const asked: Asked[] = [];
  const opened = openSupergraph(supergraph, {
    doors: {
      fetch: async ({ name }, request) => {
        const one = { ...request, name };
        asked.push(one);
        return answer(one);
      },
      subscribe: () => expect.unreachable(),
    },
    limits,
  });
  if (opened.kind === "problems") throw new Error(JSON.stringify(opened.problems));
  const { federation } = opened;
  const run = async (text: string) => {
    const result = await federation.execute({ text });
    if (Symbol.asyncIterator in result) throw new Error("a subscription");
    return JSON.parse(JSON.stringify(result));
  };
  return { federation, run, asked };
}

const users = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `u${index}` }));
const keysOf = ({ variables }: Pick<Asked, "variables">): readonly { readonly id: string }[] => {
  const { representations } = variables;
  return Array.isArray(representations) ? representations : [];
};
const plansOf = (asked: Asked) => ({
  data: { _entities: keysOf(asked).map(({ id }) => ({ plan: `plan of ${id}`, city: `city of ${id}` })) },
});

describe("fetches of entities", () => {
  it.for<[count: number, sizes: readonly number[]]>([
    [500, [500]],
    [501, [500, 1]],
    [1234, [500, 500, 234]],
  ])("of %i keys are sent in parts, and come back in their order", async ([count, sizes]) => {
    const { run, asked } = open((one) =>
      one.name === "accounts" ? { data: { users: users(count) } } : plansOf(one),
    );
    const answer = await run("{ users { plan } }");
    expect(asked.slice(1).map((one) => keysOf(one).length)).toEqual(sizes);
    expect(answer).toEqual({ data: { users: users(count).map(({ id }) => ({ plan: `plan of ${id}` })) } });
  });

  it("have each key once, wherever it stands", async () => {
    const list = [...users(3), ...users(3)];
    const { run, asked } = open((one) =>
      one.name === "accounts" ? { data: { users: list } } : plansOf(one),
    );
    const answer = await run("{ users { plan } }");
    expect(asked.slice(1).flatMap((one) => keysOf(one).map(({ id }) => id))).toEqual(["u0", "u1", "u2"]);
    expect(answer.data.users.map(({ plan }: { readonly plan: string }) => plan)).toEqual(
      list.map(({ id }) => `plan of ${id}`),
    );
  });

  it("that are alike are sent once in a request, and anew in the next", async () => {
    const { run, asked } = open((one) =>
      one.name === "accounts" ? { data: { users: users(1), me: { id: "u0" } } } : plansOf(one),
    );
    const expected = { data: { users: [{ plan: "plan of u0" }], me: { plan: "plan of u0" } } };
    expect(await run("{ users { plan } me { plan } }")).toEqual(expected);
    expect(asked.map(({ name }) => name)).toEqual(["accounts", "billing"]);
    await run("{ users { plan } me { plan } }");
    expect(asked.map(({ name }) => name)).toEqual(["accounts", "billing", "accounts", "billing"]);
  });

  it("that one part of cannot be had lose this part alone", async () => {
    const { run } = open((one) => {
      if (one.name === "accounts") return { data: { users: users(501) } };
      return keysOf(one).length === 1 ? { data: null, errors: [{ message: "no" }] } : plansOf(one);
    });
    const answer = await run("{ users { plan } }");
    expect(answer.data.users[499]).toEqual({ plan: "plan of u499" });
    expect(answer.data.users[500]).toEqual({ plan: null });
    expect(answer.errors).toMatchObject([{ path: ["users", 500, "plan"] }]);
  });
});

describe("fetches", () => {
  it("that do not wait for each other are under way at once", async () => {
    const under = new Set<string>();
    const all = Promise.withResolvers<void>();
    const { run, asked } = open(async (one) => {
      if (one.name === "accounts") return { data: { users: users(1) } };
      under.add(`${one.name} ${keysOf(one).length}`);
      // Nobody is answered before all of them have asked.
      if (under.size === 3) all.resolve();
      await all.promise;
      return keysOf(one).length === 0 ? { data: { total: 7 } } : plansOf(one);
    });
    expect(await run("{ users { plan city } total }")).toEqual({
      data: { users: [{ plan: "plan of u0", city: "city of u0" }], total: 7 },
    });
    expect(asked).toHaveLength(4);
  });
});

describe("an error", () => {
  it("with a path of 100,000 steps is told at the null that it explains", async () => {
    const path = ["users", ...Array.from({ length: 100_000 }, () => 0)];
    const { run } = open(() => ({ data: { users: null }, errors: [{ message: "no", path }] }));
    const answer = await run("{ total: me { id } users { id } }");
    expect(answer.data).toBe(null);
    expect(answer.errors).toMatchObject([{ message: "A subgraph could not deliver this field." }]);
  });
});

describe("errors", () => {
  it("of one null, told a thousand times at a hundred places, are told no more than may be", async () => {
    const errors = Array.from({ length: 1000 }, (_, index) => ({
      message: `no ${index}`,
      path: ["_entities", 0, "plan"],
    }));
    const { run } = open((one) => {
      if (one.name === "accounts")
        return { data: { users: Array.from({ length: 100 }, () => ({ id: "u" })) } };
      return { data: { _entities: [{ plan: null }] }, errors };
    });
    const from = performance.now();
    const answer = await run(`{ ${"\n".repeat(20_000)} users { plan } }`);
    expect(answer.errors).toHaveLength(100);
    // It took 86 s.
    expect(performance.now() - from).toBeLessThan(10_000);
  });
});

describe("planning", () => {
  const deep = (levels: number) => `{ me ${"{ friend ".repeat(levels)}{ plan city }${" }".repeat(levels)} }`;
  const wide = (count: number) =>
    `{ ${Array.from({ length: count }, (_, index) => `a${index}: me { friend { plan city } }`).join(" ")} }`;

  it("ends at 1,000 steps, and nobody is asked", async () => {
    const { run, asked, federation } = open(() => expect.unreachable(), { tokensMax: 100_000 });
    await expect(run(deep(600))).rejects.toMatchObject({
      code: "malformed_request",
      facts: { param: "planningSteps" },
    });
    expect(asked).toEqual([]);
    expect(federation.planCache().plans).toBe(0);
  });

  it("counts what is asked for again and again", async () => {
    const { run } = open(() => ({ data: { me: null } }), { tokensMax: 100_000 });
    await expect(run(wide(1200))).rejects.toMatchObject({ facts: { param: "planningSteps" } });
    expect(await run(wide(30))).toMatchObject({ data: { a0: null, a29: null } });
  });

  it("is done once for an operation, and 1,000 plans are kept, the last used", async () => {
    const { run, federation } = open(() => ({ data: { total: 7 } }));
    const nth = (index: number) => `query q${index} { total }`;
    for (let index = 0; index < 1000; index += 1) await run(nth(index));
    expect(federation.planCache()).toEqual({ plans: 1000, hits: 0, misses: 1000 });
    await run(nth(0));
    await run(nth(1000));
    expect(federation.planCache()).toEqual({ plans: 1000, hits: 1, misses: 1001 });
    await run(nth(0));
    expect(federation.planCache().hits).toBe(2);
    await run(nth(1));
    expect(federation.planCache().misses).toBe(1002);
  });
});
