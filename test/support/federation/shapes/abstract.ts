import { among, itself, type Shape, subgraph } from "./shape.ts";

const books = [
  { __typename: "Book", id: "b1", next: "m1", pages: 300 },
  { __typename: "Mag", id: "m1", next: "b1", issue: 12 },
];
const work = (id: unknown): unknown => {
  const found = books.find((one) => one.id === id);
  return found === undefined ? null : { __typename: found.__typename, id };
};

const roundInterface: Shape = {
  name: "an interface that leads to itself, its objects told of elsewhere",
  subgraphs: {
    a: subgraph(
      `type Query { work(id: ID!): Work all: [Work!]! any: [Any!]! } interface Work { id: ID! next: Work }
      type Book implements Work @key(fields: "id") { id: ID! next: Work }
      type Mag implements Work @key(fields: "id") { id: ID! next: Work } union Any = Book | Mag`,
      {
        Query: {
          work: (_, { id }) => work(id),
          all: () => books.map(({ id }) => work(id)),
          any: () => books.map(({ id }) => work(id)),
        },
        Book: { next: ({ id }) => work(books.find((one) => one.id === id)?.next) },
        Mag: { next: ({ id }) => work(books.find((one) => one.id === id)?.next) },
      },
      { Book: itself, Mag: itself },
    ),
    b: subgraph(
      `interface Sized { size: Int }
      type Book implements Sized @key(fields: "id") { id: ID! size: Int pages: Int }
      type Mag implements Sized @key(fields: "id") { id: ID! size: Int issue: Int }`,
      { Book: { size: ({ pages }) => pages }, Mag: { size: ({ issue }) => issue } },
      { Book: among(books), Mag: among(books) },
    ),
  },
  asks: [
    {
      query: `{ work(id: "b1") { next { __typename next { id ... on Book { pages } } ... on Mag { issue } } } }`,
      data: { work: { next: { __typename: "Mag", next: { id: "b1", pages: 300 }, issue: 12 } } },
    },
    {
      query: "{ all { ... on Sized { size } } any { ... on Sized { s: size } ... on Work { id } } }",
      data: {
        all: [{ size: 300 }, { size: 12 }],
        any: [
          { s: 300, id: "b1" },
          { s: 12, id: "m1" },
        ],
      },
    },
    {
      query: `query ($no: Boolean!, $id: ID = "m1") { work(id: $id) { ...w @skip(if: $no) ... @include(if: $no) { id } } }
        fragment w on Work { next { ...b } } fragment b on Book { size pages @skip(if: $no) }`,
      variables: { no: true },
      data: { work: { id: "m1" } },
    },
    {
      query: `query ($no: Boolean!, $id: ID = "m1") { work(id: $id) { ...w @skip(if: $no) ... @include(if: $no) { id } } }
        fragment w on Work { next { ...b } } fragment b on Book { size pages @skip(if: $no) }`,
      variables: { no: false },
      data: { work: { next: { size: 300, pages: 300 } } },
    },
  ],
};

const nodes: Shape = {
  name: "an interface of ids alone, whose objects live in different subgraphs",
  subgraphs: {
    a: subgraph(
      `type Query { node(id: ID!): Node } interface Node { id: ID! }
      type Cat implements Node @key(fields: "id") { id: ID! } type Dog implements Node @key(fields: "id") { id: ID! }`,
      { Query: { node: (_, { id }) => ({ __typename: id === "c" ? "Cat" : "Dog", id }) } },
      { Cat: itself, Dog: itself },
    ),
    b: subgraph(`type Cat @key(fields: "id") { id: ID! lives: Int }`, {}, { Cat: () => ({ lives: 9 }) }),
    c: subgraph(
      `type Dog @key(fields: "id") { id: ID! owner: Owner } type Owner { pet: Cat } type Cat @key(fields: "id", resolvable: false) { id: ID! }`,
      {},
      { Dog: () => ({ owner: { pet: { id: "c" } } }) },
    ),
  },
  asks: [
    {
      query: `{ cat: node(id: "c") { ...n } dog: node(id: "d") { ...n } }
        fragment n on Node { id __typename ... on Cat { lives } ... on Dog { owner { pet { lives } } } }`,
      data: {
        cat: { id: "c", __typename: "Cat", lives: 9 },
        dog: { id: "d", __typename: "Dog", owner: { pet: { lives: 9 } } },
      },
    },
  ],
};

const narrow: Shape = {
  name: "one field whose type is narrower in one subgraph, and one that some may leave out",
  subgraphs: {
    a: subgraph(
      `type Query { pets: [Pet!]! } interface Pet @key(fields: "id") { id: ID! friend: Pet }
      type Cat implements Pet @key(fields: "id") { id: ID! friend: Cat }
      type Dog implements Pet @key(fields: "id") { id: ID! friend: Pet }`,
      {
        Query: { pets: () => ["Cat", "Dog"].map((kind) => ({ __typename: kind, id: kind })) },
        Cat: { friend: () => ({ __typename: "Cat", id: "Cat" }) },
        Dog: { friend: () => ({ __typename: "Cat", id: "Cat" }) },
      },
      {
        Pet: ({ id }) => ({ __typename: id, id }),
        Cat: itself,
        Dog: itself,
      },
    ),
    b: subgraph(
      `type Pet @key(fields: "id") @interfaceObject { id: ID! age: Int }`,
      { Pet: { age: ({ id }) => String(id).length } },
      { Pet: itself },
    ),
  },
  asks: [
    {
      query: "{ pets { friend { age ... on Cat { friend { age } } } age } }",
      data: {
        pets: [
          { friend: { age: 3, friend: { age: 3 } }, age: 3 },
          { friend: { age: 3, friend: { age: 3 } }, age: 3 },
        ],
      },
    },
  ],
};

const songs = [
  { __typename: "Song", id: "s1", title: "one", seconds: 90 },
  { __typename: "Talk", id: "t1", title: "two", words: 800 },
];

const thirdHand: Shape = {
  name: "objects behind an interface object, which a third subgraph knows by one type alone",
  subgraphs: {
    a: subgraph(
      `type Query { track: Track } interface Track @key(fields: "id") { id: ID! title: String }
      type Song implements Track @key(fields: "id") { id: ID! title: String seconds: Int }
      type Talk implements Track @key(fields: "id") { id: ID! title: String words: Int }`,
      { Query: { track: () => songs[0] } },
      { Track: among(songs), Song: among(songs), Talk: among(songs) },
    ),
    b: subgraph(
      `extend type Song @key(fields: "id") { id: ID! singer: String }`,
      { Song: { singer: ({ id }) => `singer of ${String(id)}` } },
      { Song: itself },
    ),
    c: subgraph(
      `type Query { lists: [List!]! } type List @key(fields: "id") { id: ID! tracks: [Track!]! }
      type Track @key(fields: "id") @interfaceObject { id: ID! }`,
      { Query: { lists: () => [{ id: "l1", tracks: [{ id: "s1" }, { id: "t1" }, { id: "s1" }] }] } },
      { List: itself, Track: itself },
    ),
  },
  asks: [
    {
      query:
        "{ track { id ... on Song { singer seconds } ... on Talk { words } } lists { tracks { id ... on Song { seconds } } } }",
      data: {
        track: { id: "s1", singer: "singer of s1", seconds: 90 },
        lists: [{ tracks: [{ id: "s1", seconds: 90 }, { id: "t1" }, { id: "s1", seconds: 90 }] }],
      },
    },
    {
      query: "{ lists { tracks { title ... on Song { singer } ... on Talk { words id: title } } } }",
      data: {
        lists: [
          {
            tracks: [
              { title: "one", singer: "singer of s1" },
              { title: "two", words: 800, id: "two" },
              { title: "one", singer: "singer of s1" },
            ],
          },
        ],
      },
    },
  ],
};

const access = "directive @access(scope: Scope! = PUBLIC) on FIELD | QUERY enum Scope { PUBLIC PRIVATE }";

const clientDirectives: Shape = {
  name: "directives that clients may write, since all subgraphs have them",
  subgraphs: {
    a: subgraph(`type Query { a: String } ${access}`, { Query: { a: () => "a" } }),
    b: subgraph(`type Query { b: String } ${access}`, { Query: { b: () => "b" } }),
  },
  asks: [
    {
      query: "query ($s: Scope!) @access { a @access(scope: $s) x: b @access(scope: PRIVATE) }",
      variables: { s: "PUBLIC" },
      data: { a: "a", x: "b" },
    },
  ],
};

export const abstract: readonly Shape[] = [thirdHand, clientDirectives, roundInterface, nodes, narrow];
