const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@external",
  "@requires", "@provides", "@override", "@shareable", "@inaccessible", "@tag", "@interfaceObject"])`;

/** What each subgraph says of itself. Together they hold every row of federation that the specification names. */
export const subgraphSdl = {
  accounts: `${link}
    type Query { users: [User!]!  user(id: ID!): User  me: User }
    type Mutation { rename(id: ID!, name: String!): User  markAccount: Mark! }
    type User @key(fields: "id") @key(fields: "email") {
      id: ID!  email: String!  name: String @tag(name: "public")  role: Role!  address: Address  plan: String
      alias: String @inaccessible
    }
    type Address @shareable { city: String  zip: String }
    type Mark @shareable { seq: Int! }
    enum Role { ADMIN MEMBER }`,
  catalog: `${link}
    type Query {
      items: [Item!]!  item(id: ID!): Item  books: [Book!]!  films: [Film!]!  hits: [Hit!]!
      top: Hit @shareable  shelves: [Shelf!]!  sorted(by: Sort): [Item!]!  find(filter: Filter): [Item!]!
      variants: [Variant!]!
    }
    interface Item @key(fields: "id") { id: ID!  title: String!  price: Int! }
    type Book implements Item @key(fields: "id") {
      id: ID!  title: String!  price: Int!  size(unit: Unit!): Float  pages: Int  cost: Int @inaccessible
    }
    type Film implements Item @key(fields: "id") { id: ID!  title: String!  price: Int!  minutes: Int }
    type Game implements Item @key(fields: "id") { id: ID!  title: String!  price: Int! }
    union Hit = Book | Film
    enum Unit { CM INCH }
    enum Sort { PRICE TITLE SECRET }
    input Filter { title: String  maxPrice: Int }
    type Shelf @key(fields: "id") { id: ID!  best: Hit @shareable }
    type Variant @key(fields: "book { id } format") { book: Book!  format: String! }
    type Article @key(fields: "upc") { upc: ID  name: String }`,
  media: `${link}
    type Query {
      arcade: [Hit!]!  top: Hit @shareable  cheapest(by: Sort, filter: Filter): Book
      spotlight: [Hit!]! @provides(fields: "... on Book { title } ... on Game { title }")
      author: Writer
    }
    union Hit = Book | Game
    type Book @key(fields: "id") {
      id: ID!  title: String! @external  pages: Int @override(from: "catalog", label: "new-pages")
    }
    type Game @key(fields: "id") { id: ID!  title: String! @external  players: Int }
    type Writer { user: User! }
    type User @key(fields: "id", resolvable: false) { id: ID! }
    type Shelf @key(fields: "id") { id: ID!  best: Hit @shareable  second: Hit }
    enum Sort { PRICE TITLE }
    input Filter { title: String }`,
  shipping: `${link}
    type Query { parcels: [Book!]! }
    type Mutation { markShipping: Mark! }
    type Mark @shareable { seq: Int! }
    enum Unit { CM INCH }
    type Book @key(fields: "id") {
      id: ID!  size(unit: Unit!): Float @external  price: Int! @external
      parcel(express: Boolean = false): String @requires(fields: "size(unit: CM) price")
      inches: String @requires(fields: "size(unit: INCH)")
    }
    type Film @key(fields: "id") { id: ID!  minutes: Int @external }
    type Shelf @key(fields: "id") {
      id: ID!  best: Hit @external
      label: String @requires(fields: "best { ... on Book { id size(unit: CM) } ... on Film { minutes } }")
    }
    union Hit = Book | Film`,
  reviews: `${link}
    type Query { reviews: [Review!]!  reviewed: [Item!]! }
    type Mutation { addReview(itemId: ID!, text: String!): Review  markReview: Mark! }
    type Subscription { reviewAdded: Review }
    type Mark @shareable { seq: Int! }
    type Item @interfaceObject @key(fields: "id") {
      id: ID!  price: Int! @external  reviews: [Review!]!  tax: Float @requires(fields: "price")
    }
    type Review @key(fields: "id") {
      id: ID!  text: String!  stars: Int  item: Item!
      author: User @provides(fields: "name address { city }")  writer: User
    }
    type User @key(fields: "id") {
      id: ID!  name: String @external  address: Address @external  reviews: [Review!]!
    }
    type Address { city: String @external }`,
  billing: `${link}
    type Query { orders: [Order!]!  stocks: [Stock!]! }
    type User @key(fields: "email") { email: String!  plan: String @override(from: "accounts")  broken: String  must: String! }
    type Order @key(fields: "id") { id: ID!  buyer: User!  article: Article }
    type Article @key(fields: "upc") { upc: ID  orders: Int }
    type Stock @key(fields: "warehouse sku") { warehouse: ID!  sku: ID! }
    type Variant @key(fields: "book { id } format") { book: Book!  format: String!  stock: Stock }
    type Book @key(fields: "id") { id: ID! }`,
  depot: `${link}
    type Stock @key(fields: "warehouse sku") { warehouse: ID!  sku: ID!  count: Int! }`,
} as const;

export type SubgraphName = keyof typeof subgraphSdl;

/** The same schema by hand, without federation: what a client should see. */
export const monolithSdl = `
  type Query {
    users: [User!]!  user(id: ID!): User  me: User
    items: [Item!]!  item(id: ID!): Item  books: [Book!]!  films: [Film!]!  hits: [Hit!]!  top: Hit  shelves: [Shelf!]!
    sorted(by: Sort): [Item!]!  find(filter: Filter): [Item!]!  variants: [Variant!]!
    arcade: [Hit!]!  cheapest(by: Sort, filter: Filter): Book  spotlight: [Hit!]!  author: Writer
    parcels: [Book!]!  reviews: [Review!]!  reviewed: [Item!]!  orders: [Order!]!  stocks: [Stock!]!
  }
  type Mutation {
    rename(id: ID!, name: String!): User  markAccount: Mark!  markShipping: Mark!  markReview: Mark!
    addReview(itemId: ID!, text: String!): Review
  }
  type Subscription { reviewAdded: Review }
  type User {
    id: ID!  email: String!  name: String  role: Role!  address: Address  plan: String  reviews: [Review!]!
    broken: String  must: String!
  }
  type Address { city: String  zip: String }
  type Mark { seq: Int! }
  enum Role { ADMIN MEMBER }
  enum Unit { CM INCH }
  enum Sort { PRICE TITLE }
  input Filter { title: String }
  interface Item { id: ID!  title: String!  price: Int!  reviews: [Review!]!  tax: Float }
  type Book implements Item {
    id: ID!  title: String!  price: Int!  reviews: [Review!]!  tax: Float  size(unit: Unit!): Float  pages: Int
    parcel(express: Boolean = false): String  inches: String
  }
  type Film implements Item { id: ID!  title: String!  price: Int!  reviews: [Review!]!  tax: Float  minutes: Int }
  type Game implements Item { id: ID!  title: String!  price: Int!  reviews: [Review!]!  tax: Float  players: Int }
  union Hit = Book | Film | Game
  type Shelf { id: ID!  best: Hit  second: Hit  label: String }
  type Variant { book: Book!  format: String!  stock: Stock }
  type Article { upc: ID  name: String  orders: Int }
  type Order { id: ID!  buyer: User!  article: Article }
  type Stock { warehouse: ID!  sku: ID!  count: Int! }
  type Writer { user: User! }
  type Review { id: ID!  text: String!  stars: Int  item: Item!  author: User  writer: User }`;
