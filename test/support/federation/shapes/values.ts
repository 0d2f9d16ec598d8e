import type { Fields } from "../resolvers.ts";
import { among, itself, type Shape, subgraph } from "./shape.ts";

const told = (args: Fields): string =>
  Object.entries(args)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(" ");

const args: Shape = {
  name: "variables and arguments",
  subgraphs: {
    a: subgraph(
      `type Query { user: User echo(id: ID, in: In, list: [Int!], kind: Kind = ONE): String }
      type User @key(fields: "id") { id: ID! } input In { n: Int = 7 list: [In!] text: String } enum Kind { ONE TWO }`,
      { Query: { user: () => ({ id: "u1" }), echo: (_, given) => told(given) } },
      { User: itself },
    ),
    b: subgraph(
      `type User @key(fields: "id") { id: ID! echo(in: In, list: [Int!], text: String = "plain"): String }
      input In { n: Int = 7 list: [In!] text: String }`,
      { User: { echo: (_, given) => told(given) } },
      { User: itself },
    ),
  },
  asks: [
    {
      query: `query ($n: Int, $t: String) { echo(in: { n: $n, list: [{ text: $t }], text: $t }) user { echo(in: { n: $n, text: $t }) } }`,
      variables: { t: 'a "b" \\ c' },
      data: {
        echo: `in={"n":7,"list":[{"n":7,"text":"a \\"b\\" \\\\ c"}],"text":"a \\"b\\" \\\\ c"} kind="ONE"`,
        user: { echo: `in={"n":7,"text":"a \\"b\\" \\\\ c"} text="plain"` },
      },
    },
    {
      query: `query ($representations: Int!, $representations__: Int = 3, $l: [Int!] = 5) {
        user { a: echo(list: [$representations, $representations__]) b: echo(list: $l, text: null) } }`,
      variables: { representations: 2 },
      data: { user: { a: `list=[2,3] text="plain"`, b: `list=[5] text=null` } },
    },
    {
      query: `query ($k: Kind = TWO, $id: ID) { a: echo(kind: $k, id: 5) b: echo(kind: ONE, id: $id) c: echo(id: null) }`,
      data: { a: `id="5" kind="TWO"`, b: `kind="ONE"`, c: `id=null kind="ONE"` },
    },
    {
      query: `query ($in: In) { echo(in: $in) user { echo(in: $in, text: """
          two
            lines""") } }`,
      variables: { in: { list: [{ n: null }] } },
      data: {
        echo: `in={"n":7,"list":[{"n":null}]} kind="ONE"`,
        user: { echo: `in={"n":7,"list":[{"n":null}]} text="two\\n  lines"` },
      },
    },
  ],
};

const hiddenKey: Shape = {
  name: "a key and a requirement that clients may not see",
  subgraphs: {
    a: subgraph(
      `type Query { users: [User!]! } type User @key(fields: "key") { key: ID! @inaccessible name: String secret: Int @inaccessible }`,
      {
        Query: {
          users: () => [
            { key: "k1", name: "Ada", secret: 1 },
            { key: "k2", name: "Bob", secret: 2 },
          ],
        },
      },
      { User: itself },
    ),
    b: subgraph(
      `type User @key(fields: "key") { key: ID! @inaccessible secret: Int @external
        plan: String @requires(fields: "secret") }`,
      { User: { plan: ({ key, secret }) => `${String(key)} ${String(secret)}` } },
      { User: itself },
    ),
  },
  asks: [
    {
      query: "{ users { key: name plan } }",
      data: {
        users: [
          { key: "Ada", plan: "k1 1" },
          { key: "Bob", plan: "k2 2" },
        ],
      },
    },
  ],
};

const cats = [
  { __typename: "Cat", id: "c1", weight: 4 },
  { __typename: "Dog", id: "d1", weight: 20 },
];

const perType: Shape = {
  name: "one name for different fields, by the type of the object",
  subgraphs: {
    a: subgraph(
      `type Query { pets: [Pet]! found: [Found!]! } union Found = Cat | Dog | Toy interface Pet { id: ID! weight: Int }
      type Cat implements Pet @key(fields: "id") { id: ID! weight: Int size: String! lives(of: Int): Int }
      type Dog implements Pet @key(fields: "id") { id: ID! weight: Int size: String! tricks(of: Int): Int }
      type Toy @key(fields: "id") { id: ID! size: String! }`,
      {
        Query: { pets: () => [...cats, null], found: () => [...cats, { __typename: "Toy", id: "t1" }] },
        Cat: { size: () => "S", lives: (_, { of }) => of },
        Dog: { size: () => "L", tricks: (_, { of }) => of },
        Toy: { size: () => "XS" },
      },
      { Cat: among(cats), Dog: among(cats), Toy: itself },
    ),
    b: subgraph(
      `type Cat @key(fields: "id") { id: ID! name(long: Boolean): String } type Dog @key(fields: "id") { id: ID! name(long: Boolean): String! }
      type Toy @key(fields: "id") { id: ID! name: [String!] }`,
      {
        Cat: { name: (_, { long }) => (long === true ? "Katze" : "cat") },
        Dog: { name: (_, { long }) => (long === true ? "Hund" : "dog") },
        Toy: { name: () => ["a", "toy"] },
      },
      { Cat: itself, Dog: itself, Toy: itself },
    ),
  },
  asks: [
    {
      query: `{ pets { ... on Cat { x: lives(of: 9) y: name(long: true) } ... on Dog { x: tricks(of: 3) z: name } w: weight } }`,
      data: { pets: [{ x: 9, y: "Katze", w: 4 }, { x: 3, z: "dog", w: 20 }, null] },
    },
    {
      query: `{ found { ... on Cat { cat: name(long: false) size } ... on Dog { dog: name } ... on Toy { toy: name size } ... on Pet { weight } } }`,
      data: {
        found: [
          { cat: "cat", size: "S", weight: 4 },
          { dog: "dog", weight: 20 },
          { toy: ["a", "toy"], size: "XS" },
        ],
      },
    },
    {
      query: "{ found { ... on Pet { ... on Found { ... on Dog { name } } } } }",
      data: { found: [{}, { name: "dog" }, {}] },
    },
  ],
};

const gone: Shape = {
  name: "an entity that one subgraph does not know",
  subgraphs: {
    a: subgraph(
      `type Query { users: [User] } type User @key(fields: "id") { id: ID! friends: [User!] }`,
      { Query: { users: () => ["u1", "u2"].map((id) => ({ id, friends: [{ id: "u1" }, { id: "u2" }] })) } },
      { User: itself },
    ),
    b: subgraph(
      `type User @key(fields: "id") { id: ID! name: String tags: [[String]!] }`,
      {},
      { User: among([{ id: "u1", name: "Ada", tags: [["a", null], []] }]) },
    ),
  },
  asks: [
    {
      query: "{ users { name tags friends { name } } }",
      data: {
        users: [
          { name: "Ada", tags: [["a", null], []], friends: [{ name: "Ada" }, { name: null }] },
          { name: null, tags: null, friends: [{ name: "Ada" }, { name: null }] },
        ],
      },
    },
  ],
};

export const values: readonly Shape[] = [args, hiddenKey, perType, gone];
