import { describe, expect, it } from "vitest";
import { compose } from "../../../test/support/federation/federation.ts";
import { GatewayError } from "../../kernel/errors.ts";
import type { FederationSettings, GraphqlResult } from "../../ports/graphql-federation.ts";
import { openSupergraph } from "./index.ts";

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.7",
  import: ["@key", "@external", "@requires"])`;
const supergraph = compose(
  {
    accounts: `${link} type Query { users: [User]! strict: [User!]! me: User }
      type User @key(fields: "id") { id: ID! name: String email: String }`,
    billing: `${link} type User @key(fields: "id") {
        id: ID! plan: String must: String! cards: [Card] paid(year: Int): Int }
      type Card { no: String! bank: Bank } type Bank { title: String! }`,
    shipping: `${link} type User @key(fields: "id") {
      id: ID! email: String @external label: String @requires(fields: "email") }`,
  },
  {},
);

type Answers = Readonly<Record<string, unknown>>;

async function run(query: string, answers: Answers, more: Partial<FederationSettings> = {}) {
  const asked: string[] = [];
  const opened = openSupergraph(supergraph, {
    doors: {
      fetch: async ({ name }) => {
        asked.push(name);
        const answer = answers[name];
        if (answer instanceof Error) throw answer;
        return Promise.resolve(answer);
      },
      subscribe: () => expect.unreachable(),
    },
    ...more,
  });
  if (opened.kind === "problems") throw new Error(JSON.stringify(opened.problems));
  const result = await opened.federation.execute({ text: query });
  if (Symbol.asyncIterator in result) throw new Error("a subscription");
  return { result, asked };
}

const plain = (result: GraphqlResult) => ({
  data: JSON.parse(JSON.stringify(result.data ?? null)),
  paths: (result.errors ?? []).map(({ path }) => path?.join(".") ?? "nowhere").toSorted(),
});
const two = { data: { users: [{ id: "1" }, { id: "2" }] } };
const fault = (...path: (string | number)[]) => ({ message: "secret 10.0.0.7", path });
const entities = (list: readonly unknown[], ...errors: readonly unknown[]) => ({
  data: { _entities: list },
  errors,
});

interface Row {
  readonly name: string;
  readonly query: string;
  readonly answers: Answers;
  readonly data: unknown;
  /** In alphabetical order. */
  readonly paths: readonly string[];
}

const rows: readonly Row[] = [
  {
    name: "a field of the root that is null",
    query: "{ people: users { id } }",
    answers: { accounts: { data: null, errors: [fault("users")] } },
    data: null,
    paths: ["people"],
  },
  {
    name: "a field of an item",
    query: "{ users { n: name } }",
    answers: { accounts: { data: { users: [{ name: null }] }, errors: [fault("users", 0, "name")] } },
    data: { users: [{ n: null }] },
    paths: ["users.0.n"],
  },
  {
    name: "an item that the subgraph made null, told where it arose",
    query: "{ users { n: name mail: email } }",
    answers: {
      accounts: {
        data: { users: [{ name: "Ada", email: "a" }, null] },
        errors: [fault("users", 1, "email")],
      },
    },
    data: { users: [{ n: "Ada", mail: "a" }, null] },
    paths: ["users.1.mail"],
  },
  {
    name: "a list that the subgraph made null",
    query: "{ s: strict { e: email } name: me { name } }",
    answers: { accounts: { data: null, errors: [fault("strict", 0, "email")] } },
    data: null,
    paths: ["s.0.e"],
  },
  {
    name: "a nullable neighbour that went with the root",
    query: "{ me { name } }",
    answers: { accounts: { data: null, errors: [fault("me", "name")] } },
    data: { me: null },
    paths: ["me.name"],
  },
  {
    name: "a field of an entity",
    query: "{ users { tariff: plan } }",
    answers: {
      accounts: two,
      billing: entities([{ plan: "a" }, { plan: null }], fault("_entities", 1, "plan")),
    },
    data: { users: [{ tariff: "a" }, { tariff: null }] },
    paths: ["users.1.tariff"],
  },
  {
    name: "an entity that its subgraph made null: its other fields went with it",
    query: "{ users { p: plan m: must } }",
    answers: {
      accounts: two,
      billing: entities([{ plan: "a", must: "b" }, null], fault("_entities", 1, "must")),
    },
    data: { users: [{ p: "a", m: "b" }, null] },
    paths: ["users.1.m"],
  },
  {
    name: "a neighbour alone in the client's eyes: the place where it arose is not asked for",
    query: "{ users { ...on User { p: plan } } }",
    answers: { accounts: two, billing: entities([{ plan: "a" }, null], fault("_entities", 1, "other")) },
    data: { users: [{ p: "a" }, { p: null }] },
    paths: ["users.1.p"],
  },
  {
    name: "deep below an entity, through fragments and aliases",
    query: "{ people: users { ...f } } fragment f on User { c: cards { b: bank { called: title } } }",
    answers: {
      accounts: two,
      billing: entities(
        [{ cards: [{ bank: { title: "x" } }, { bank: null }] }, { cards: [] }],
        fault("_entities", 0, "cards", 1, "bank", "title"),
      ),
    },
    data: { people: [{ c: [{ b: { called: "x" } }, { b: null }] }, { c: [] }] },
    paths: ["people.0.c.1.b.called"],
  },
  {
    name: "a card that its subgraph made null",
    query: "{ users { cards { n: no bank { title } } } }",
    answers: {
      accounts: { data: { users: [{ id: "1" }] } },
      billing: entities([{ cards: [null] }], fault("_entities", 0, "cards", 0, "no")),
    },
    data: { users: [{ cards: [null] }] },
    paths: ["users.0.cards.0.n"],
  },
  {
    name: "one field by two names is told at both",
    query: "{ users { a: plan b: plan } }",
    answers: {
      accounts: { data: { users: [{ id: "1" }] } },
      billing: entities([{ plan: null }], fault("_entities", 0, "plan")),
    },
    data: { users: [{ a: null, b: null }] },
    paths: ["users.0.a", "users.0.b"],
  },
  {
    name: "two of one field with other arguments are kept apart",
    query: "{ users { a: paid(year: 1) b: paid(year: 2) } }",
    answers: {
      accounts: { data: { users: [{ id: "1" }] } },
      billing: entities([{ paid__a0: 3, paid__a1: null }], fault("_entities", 0, "paid__a1")),
    },
    data: { users: [{ a: 3, b: null }] },
    paths: ["users.0.b"],
  },
  {
    name: "a name that is skipped is not told",
    query: "{ users { p: plan a: must @skip(if: true) b: must } }",
    answers: {
      accounts: { data: { users: [{ id: "1" }] } },
      billing: entities([null], fault("_entities", 0, "must")),
    },
    data: { users: [null] },
    paths: ["users.0.b"],
  },
  {
    name: "one entity in two places is told at both",
    query: "{ users { plan } me { plan } }",
    answers: {
      accounts: { data: { users: [{ id: "1" }], me: { id: "1" } } },
      billing: entities([{ plan: null }], fault("_entities", 0, "plan")),
    },
    data: { users: [{ plan: null }], me: { plan: null } },
    paths: ["me.plan", "users.0.plan"],
  },
  {
    name: "one field by two names, of which one alone asks for what failed",
    query: "{ a: strict { name } b: strict { n: name e: email } }",
    answers: { accounts: { data: null, errors: [fault("strict", 0, "email")] } },
    data: null,
    paths: ["b.0.e"],
  },
  {
    name: "several errors behind one null",
    query: "{ me { c: cards { n: no b: bank { t: title } } } }",
    answers: {
      accounts: { data: { me: { id: "1" } } },
      billing: entities(
        [{ cards: [null] }],
        fault("_entities", 0, "cards", 0, "no"),
        fault("_entities", 0, "cards", 0, "bank", "title"),
      ),
    },
    data: { me: { c: [null] } },
    paths: ["me.c.0.b.t", "me.c.0.n"],
  },
  {
    name: "no entities at all",
    query: "{ users { p: plan } }",
    answers: { accounts: two, billing: { data: null, errors: [fault("_entities")] } },
    data: { users: [{ p: null }, { p: null }] },
    paths: ["users.0.p", "users.1.p"],
  },
  {
    name: "no entities, because of one of them",
    query: "{ users { p: plan m: must } }",
    answers: { accounts: two, billing: { data: null, errors: [fault("_entities", 1, "must")] } },
    data: { users: [null, null] },
    paths: ["users.0.m", "users.0.p", "users.1.m"],
  },
  {
    name: "an error without a path and without data",
    query: "{ users { id } }",
    answers: { accounts: { errors: [{ message: "secret 10.0.0.7" }] } },
    data: null,
    paths: ["users"],
  },
  {
    name: "an error that explains no null is told all the same",
    query: "{ me { n: name } }",
    answers: { accounts: { data: { me: { name: "Ada" } }, errors: [fault("me", "name")] } },
    data: { me: { n: "Ada" } },
    paths: ["me.n"],
  },
  {
    name: "a warning beside whole entities",
    query: "{ users { plan } }",
    answers: {
      accounts: { data: { users: [{ id: "1" }] } },
      billing: entities([{ plan: "a" }], fault("_entities", 0, "plan"), { message: "secret 10.0.0.7" }),
    },
    data: { users: [{ plan: "a" }] },
    paths: ["nowhere"],
  },
  {
    name: "a field whose requirement has failed",
    query: "{ users { l: label } }",
    answers: {
      accounts: { data: { users: [{ id: "1", email: null }] }, errors: [fault("users", 0, "email")] },
      shipping: entities([{ label: "never" }]),
    },
    data: { users: [{ l: null }] },
    paths: ["users.0.l"],
  },
  {
    name: "a field whose requirement has failed, and the requirement",
    query: "{ users { e: email l: label } }",
    answers: {
      accounts: { data: { users: [{ id: "1", email: null }] }, errors: [fault("users", 0, "email")] },
      shipping: entities([{ label: "never" }]),
    },
    data: { users: [{ e: null, l: null }] },
    paths: ["users.0.e", "users.0.l"],
  },
  {
    name: "a subgraph that cannot be reached",
    query: "{ users { p: plan name } }",
    answers: {
      accounts: { data: { users: [{ id: "1", name: "Ada" }] } },
      billing: new GatewayError("upstream_unreachable", "secret 10.0.0.7"),
    },
    data: { users: [{ p: null, name: "Ada" }] },
    paths: ["users.0.p"],
  },
  {
    name: "a null that nobody explains where there must be none",
    query: "{ users { must } }",
    answers: { accounts: { data: { users: [{ id: "1" }] } }, billing: entities([{ must: null }]) },
    data: { users: [null] },
    paths: ["users.0.must"],
  },
];

describe("errors of subgraphs", () => {
  it.for(rows.map((row) => ({ ...row })))("$name", async ({ query, answers, data, paths }) => {
    const { result } = await run(query, answers);
    expect(plain(result)).toEqual({ data, paths });
    expect(JSON.stringify(result)).not.toContain("secret");
    for (const { path, locations } of result.errors ?? [])
      expect(locations === undefined).toBe(path === undefined);
  });

  it("are told in their own words where that is allowed", async () => {
    const told = { ...fault("users", 0, "name"), extensions: { code: "WHY" } };
    const answers = { accounts: { data: { users: [{ name: null }] }, errors: [told] } };
    const { result } = await run("{ users { n: name } }", answers, { exposeSubgraphErrors: true });
    expect(result.errors).toMatchObject([
      { message: "secret 10.0.0.7", path: ["users", 0, "n"], extensions: { code: "WHY" } },
    ]);
  });

  it("are bounded, and so is the work for them", async () => {
    const many = Array.from({ length: 300 }, (_, index) => ({ id: String(index) }));
    const errors = Array.from({ length: 50_000 }, () => fault("_entities"));
    const { result } = await run(
      "{ users { plan } }",
      { accounts: { data: { users: many } }, billing: { data: { _entities: many.map(() => null) }, errors } },
      { limits: { errorsMax: 20 } },
    );
    expect(result.errors).toHaveLength(20);
  });
});
