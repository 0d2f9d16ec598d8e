import { itself, type Shape, subgraph } from "./shape.ts";

const byParent: Shape = {
  name: "a value without a key is completed through the entity above it",
  subgraphs: {
    a: subgraph(
      `type Query { product: Product } type Product @key(fields: "id") { id: ID! maker: Maker @shareable }
      type Maker { name: String @shareable }`,
      { Query: { product: () => ({ id: "p1", maker: { name: "Acme" } }) } },
      { Product: () => ({ id: "p1", maker: { name: "Acme" } }) },
    ),
    b: subgraph(
      `type Product @key(fields: "id") { id: ID! maker: Maker @shareable }
      type Maker { name: String @shareable city: City } type City { zip: String @shareable }`,
      {},
      { Product: () => ({ id: "p1", maker: { name: "Acme", city: { zip: "8010" } } }) },
    ),
    c: subgraph(
      `type Product @key(fields: "id") { id: ID! maker: Maker @shareable }
      type Maker { founded: Int }`,
      {},
      { Product: () => ({ id: "p1", maker: { founded: 1950 } }) },
    ),
  },
  asks: [
    {
      query: "{ product { maker { name city { zip } founded } } }",
      data: { product: { maker: { name: "Acme", city: { zip: "8010" }, founded: 1950 } } },
    },
    {
      query: "{ product { m: maker { founded } maker { n: name } } }",
      data: { product: { m: { founded: 1950 }, maker: { n: "Acme" } } },
    },
  ],
};

const wheels = { id: "w1", ref: { code: "x", part: { sku: "s1" } } };

const keyChain: Shape = {
  name: "from key to key over a third, one of them deep",
  subgraphs: {
    a: subgraph(
      `type Query { wheels: [[Wheel]!]! } type Wheel @key(fields: "id") { id: ID! }`,
      { Query: { wheels: () => [[{ id: "w1" }, null], [], [{ id: "w1" }]] } },
      { Wheel: itself },
    ),
    b: subgraph(
      `type Wheel @key(fields: "id") @key(fields: "ref { code part { sku } }") { id: ID! ref: Ref! }
      type Ref { code: ID! part: Part! } type Part { sku: ID! }`,
      {},
      { Wheel: () => wheels },
    ),
    c: subgraph(
      `type Wheel @key(fields: "ref { code part { sku } }") { ref: Ref! size: Int }
      type Ref { code: ID! @shareable part: Part! @shareable } type Part { sku: ID! @shareable }`,
      { Wheel: { size: ({ ref }) => (Object(Object(ref).part).sku === "s1" ? 28 : 0) } },
      { Wheel: itself },
    ),
  },
  asks: [
    { query: "{ wheels { size } }", data: { wheels: [[{ size: 28 }, null], [], [{ size: 28 }]] } },
    {
      query: "{ wheels { ref: id id: size } }",
      data: { wheels: [[{ ref: "w1", id: 28 }, null], [], [{ ref: "w1", id: 28 }]] },
    },
  ],
};

const sharedRoot: Shape = {
  name: "a root field of several subgraphs, whose value has no key",
  subgraphs: {
    a: subgraph(
      `type Query { shop: Shop @shareable } type Shop { name: Label @shareable } type Label { en: String }`,
      { Query: { shop: () => ({ name: { en: "shop" } }) } },
      {},
    ),
    b: subgraph(
      `type Query { shop: Shop @shareable } type Shop { name: Label @shareable open: Boolean } type Label { de: String }`,
      { Query: { shop: () => ({ name: { de: "Laden" }, open: true }) } },
      {},
    ),
    c: subgraph(
      `type Query { shop: Shop @shareable } type Shop { items: [Item!]! } type Item @key(fields: "id") { id: ID! }`,
      { Query: { shop: () => ({ items: [{ id: "i1" }] }) } },
      { Item: itself },
    ),
    d: subgraph(`type Item @key(fields: "id") { id: ID! stock: Int }`, {}, { Item: () => ({ stock: 3 }) }),
  },
  asks: [
    {
      query: "{ shop { name { en de } open items { stock } } }",
      data: { shop: { name: { en: "shop", de: "Laden" }, open: true, items: [{ stock: 3 }] } },
    },
    {
      query: "{ a: shop { open } b: shop { name { en } } }",
      data: { a: { open: true }, b: { name: { en: "shop" } } },
    },
  ],
};

const firstFederation: Shape = {
  name: "subgraphs of the first federation",
  subgraphs: {
    a: {
      sdl: `type Query { user: User } type User @key(fields: "id") { id: ID! name: String }`,
      side: {
        resolvers: { Query: { user: () => ({ id: "u1", name: "Ada" }) } },
        references: { User: () => ({ id: "u1", name: "Ada" }) },
      },
    },
    b: {
      sdl: `type Review { text: String author: User @provides(fields: "name") }
        extend type User @key(fields: "id") { id: ID! @external name: String @external
          reviews: [Review] greeting: String @requires(fields: "name") }`,
      side: {
        resolvers: {
          User: {
            reviews: () => [{ text: "good", author: { id: "u1", name: "Ada" } }],
            greeting: ({ name }) => `hello ${String(name)}`,
          },
        },
        references: { User: itself },
      },
    },
  },
  asks: [
    {
      query: "{ user { greeting reviews { text author { name id } } } }",
      data: {
        user: { greeting: "hello Ada", reviews: [{ text: "good", author: { name: "Ada", id: "u1" } }] },
      },
    },
  ],
};

export const ways: readonly Shape[] = [byParent, keyChain, sharedRoot, firstFederation];
