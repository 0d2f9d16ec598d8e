import { among, itself, type Shape, subgraph } from "./shape.ts";

const products = [
  { id: "p1", price: 600 },
  { id: "p2", price: 4 },
];

const requiresChain: Shape = {
  name: "what is required takes what is required of others, back to where it began",
  subgraphs: {
    a: subgraph(
      `type Query { products: [Product!]! }
      type Product @key(fields: "id") { id: ID! price: Int isDear: Boolean @external
        verdict: String @requires(fields: "isDear") }`,
      {
        Query: { products: () => products },
        Product: { verdict: ({ isDear }) => (isDear === true ? "wait" : "buy") },
      },
      { Product: among(products) },
    ),
    b: subgraph(
      `type Product @key(fields: "id") { id: ID! price: Int @external off: Int @requires(fields: "price") }`,
      { Product: { off: ({ price }) => Number(price) / 2 } },
      { Product: itself },
    ),
    c: subgraph(
      `type Product @key(fields: "id") { id: ID! off: Int @external isDear: Boolean @requires(fields: "off") }`,
      { Product: { isDear: ({ off }) => Number(off) > 100 } },
      { Product: itself },
    ),
  },
  asks: [
    { query: "{ products { verdict } }", data: { products: [{ verdict: "wait" }, { verdict: "buy" }] } },
    {
      query: "{ products { price: verdict isDear off id: price } }",
      data: {
        products: [
          { price: "wait", isDear: true, off: 300, id: 600 },
          { price: "buy", isDear: false, off: 2, id: 4 },
        ],
      },
    },
  ],
};

const posts = [
  { id: "o1", author: { id: "u1", years: 9 } },
  { id: "o2", author: { id: "u2", years: 1 } },
];

const requiresBothWays: Shape = {
  name: "two subgraphs that require of each other",
  subgraphs: {
    a: subgraph(
      `type Query { feed: [Post] } type Post @key(fields: "id") { id: ID! byExpert: Boolean @external
        author: Author! badge: String @requires(fields: "byExpert") }
      type Author @key(fields: "id") { id: ID! years: Int @external isNew: Boolean @requires(fields: "years") }`,
      {
        Query: { feed: () => posts.map(({ id }) => ({ id })) },
        Post: {
          author: ({ id }) => ({ id: posts.find((post) => post.id === id)?.author.id }),
          badge: ({ byExpert }) => (byExpert === true ? "star" : "leaf"),
        },
        Author: { isNew: ({ years }) => Number(years) < 3 },
      },
      { Post: itself, Author: itself },
    ),
    b: subgraph(
      `type Post @key(fields: "id") { id: ID! author: Author! @external
        byExpert: Boolean @requires(fields: "author { id years }") }
      type Author @key(fields: "id") { id: ID! years: Int }`,
      { Post: { byExpert: ({ author }) => Number(Object(author).years) > 5 } },
      { Post: itself, Author: among(posts.map(({ author }) => author)) },
    ),
  },
  asks: [
    { query: "{ feed { badge } }", data: { feed: [{ badge: "star" }, { badge: "leaf" }] } },
    {
      query: "{ feed { byExpert author { isNew } badge } }",
      data: {
        feed: [
          { byExpert: true, author: { isNew: false }, badge: "star" },
          { byExpert: false, author: { isNew: true }, badge: "leaf" },
        ],
      },
    },
  ],
};

const overridden: Shape = {
  name: "a field that was taken over is required, and the key of its old home still counts",
  subgraphs: {
    a: subgraph(
      `type Query { users: [User] } type User @key(fields: "id") { id: ID! name: String old: String }`,
      { Query: { users: () => [{ id: "u1", name: "stale", old: "stays" }] } },
      { User: () => ({ id: "u1", name: "stale", old: "stays" }) },
    ),
    b: subgraph(
      `type User @key(fields: "id") { id: ID! name: String @override(from: "a")
        other: Int @override(from: "gone") }`,
      {},
      { User: () => ({ id: "u1", name: "Ada", other: 7 }) },
    ),
    c: subgraph(
      `type User @key(fields: "id") { id: ID! name: String @external hello: String @requires(fields: "name") }`,
      { User: { hello: ({ name }) => `hello ${String(name)}` } },
      { User: itself },
    ),
  },
  asks: [
    {
      query: "{ users { hello old other } }",
      data: { users: [{ hello: "hello Ada", old: "stays", other: 7 }] },
    },
    { query: "{ users { name } }", data: { users: [{ name: "Ada" }] } },
  ],
};

export const requiring: readonly Shape[] = [requiresChain, requiresBothWays, overridden];
