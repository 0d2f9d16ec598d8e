import type { Fields } from "./resolvers.ts";

/** A row of the specification: one operation, whose answer must be the monolith's, field by field. */
export interface Scenario {
  readonly row: string;
  readonly query: string;
  readonly variables?: Fields;
  /** Progressive labels that are on. */
  readonly labels?: readonly string[];
  /** Where the monolith cannot tell, or more is to be seen than it tells: the whole `data`. */
  readonly data?: Fields;
  /** Subgraphs that must not be asked. */
  readonly unasked?: readonly string[];
}

export const scenarios: readonly Scenario[] = [
  { row: "composite key", query: "{ stocks { warehouse sku count } }" },
  { row: "composite key, not selected", query: "{ stocks { c: count } }" },
  { row: "nested key", query: "{ variants { format stock { count } book { title } } }" },
  { row: "nested key, not selected", query: "{ variants { stock { sku count } } }" },
  { row: "multiple keys: from id to email", query: "{ reviews { writer { plan role } } }" },
  { row: "multiple keys: from email to id", query: "{ orders { buyer { name reviews { text } } } }" },
  { row: "resolvable: false", query: "{ author { user { id name reviews { id } plan } } }" },
  { row: "@requires with arguments", query: "{ books { parcel } }" },
  {
    row: "@requires with arguments, two of one field, beside the client's own",
    query: "{ books { parcel(express: true) inches size(unit: INCH) cm: size(unit: CM) } }",
  },
  { row: "@requires from its own subgraph", query: "{ parcels { id parcel inches title } }" },
  { row: "@requires with inline fragments", query: "{ shelves { id label } }" },
  {
    row: "@requires with inline fragments, beside the client's own",
    query: "{ shelves { label best { __typename ... on Book { title } ... on Film { title minutes } } } }",
  },
  { row: "@requires on an @interfaceObject", query: "{ items { id tax } }" },
  { row: "@requires on an @interfaceObject, from its own subgraph", query: "{ reviewed { tax } }" },
  {
    row: "@requires on an @interfaceObject, by type",
    query: "{ items { ... on Book { tax } ... on Film { minutes tax } } }",
  },
  {
    row: "@provides nested",
    query: "{ reviews { id author { name address { city } } } }",
    unasked: ["accounts"],
  },
  { row: "@provides nested, and more", query: "{ reviews { author { name address { city zip } role } } }" },
  {
    row: "not provided on the same type elsewhere",
    query: "{ reviews { writer { name address { city } } } }",
  },
  {
    row: "@provides on abstract types",
    query: "{ spotlight { __typename ... on Book { title } ... on Game { title players } } }",
    unasked: ["catalog"],
  },
  { row: "@override", query: "{ users { plan } }" },
  { row: "@override with label, off", query: "{ books { id pages } }", unasked: ["media"] },
  {
    row: "@override with label, on",
    query: "{ books { id pages } }",
    labels: ["new-pages"],
    data: {
      books: [
        { id: "b1", pages: 1480 },
        { id: "b2", pages: 1412 },
      ],
    },
  },
  {
    row: "@override with label, on, where it lives",
    query: "{ arcade { ... on Book { pages } } }",
    labels: ["new-pages"],
    data: { arcade: [{ pages: 1480 }, { pages: 1412 }, {}] },
    unasked: ["catalog"],
  },
  { row: "@override with label, off, from elsewhere", query: "{ arcade { ... on Book { pages } } }" },
  { row: "@shareable", query: "{ users { address { city zip } } top { ... on Book { id title } } }" },
  { row: "@tag", query: "{ users { name } }" },
  { row: "@external key fields", query: "{ parcels { id price title } }" },
  { row: "interface entity", query: "{ items { __typename id title price } }" },
  {
    row: "interface entity by @interfaceObject",
    query: "{ reviewed { __typename id title price reviews { text } } }",
  },
  {
    row: "interface entity: types behind an @interfaceObject",
    query:
      "{ reviews { item { __typename ... on Book { size(unit: CM) } ... on Film { minutes } reviews { stars } } } }",
  },
  {
    row: "interface entity: fields of the object on each type",
    query: "{ books { reviews { stars author { id } } } }",
  },
  {
    row: "@interfaceObject from the union",
    query: "{ hits { ... on Item { tax reviews { id } } ... on Book { size(unit: CM) } } }",
  },
  {
    row: "enum intersection",
    query: "query ($s: Sort) { sorted(by: $s) { title } cheapest(by: TITLE) { title } }",
    variables: { s: "PRICE" },
  },
  {
    row: "input intersection",
    query: "query ($f: Filter) { find(filter: $f) { id } cheapest(filter: $f) { price } }",
    variables: { f: { title: "Dune" } },
  },
  {
    row: "union intersection: members that one does not know",
    query: "{ hits { __typename ... on Book { id } ... on Film { id } ... on Game { id players } } }",
  },
  {
    row: "union intersection: the other way",
    query: "{ arcade { __typename ... on Book { id } ... on Film { minutes } ... on Game { id players } } }",
  },
  {
    row: "union intersection: shared root field",
    query: "{ top { __typename ... on Book { id title pages } ... on Film { id } ... on Game { players } } }",
  },
  {
    row: "union intersection: on an entity",
    query:
      "{ shelves { id best { __typename ... on Book { title } ... on Film { title } ... on Game { players } } second { ... on Game { title players } ... on Film { minutes } } } }",
  },
  {
    row: "null keys",
    query: "{ orders { id article { upc name orders } } }",
    data: {
      orders: [
        { id: "o1", article: { upc: "a1", name: "Pen", orders: 1 } },
        { id: "o2", article: { upc: null, name: null, orders: 1 } },
        { id: "o3", article: { upc: "a2", name: "Ink", orders: 1 } },
      ],
    },
  },
  { row: "null keys, not selected", query: "{ orders { article { name } } }" },
  {
    row: "mutations in order over subgraphs",
    query:
      "mutation { a: markAccount { seq } b: markReview { seq } c: markShipping { seq } d: markAccount { seq } e: markShipping { seq } }",
  },
  {
    row: "a mutation with entity fields",
    query:
      'mutation { rename(id: "u2", name: "Rob") { name plan reviews { text } } addReview(itemId: "b2", text: "new") { text item { title reviews { text } } author { name } } }',
  },
  {
    row: "__typename of abstract types",
    query: "{ __typename items { __typename } hits { t: __typename } reviewed { __typename } }",
  },
  {
    row: "aliases and fragments everywhere",
    query: `query Q($id: ID!, $deep: Boolean!) {
      one: user(id: $id) { ...person } two: user(id: "u2") { ...person id: email }
      stuff: items { ...thing ... on Item @include(if: $deep) { r: reviews { w: writer { ...person } } } }
    }
    fragment person on User { name: id realName: name plan p2: plan a: address { zip: city } }
    fragment thing on Item { price: title ... on Book { ...book } __typename }
    fragment book on Book { s1: size(unit: CM) s2: size(unit: INCH) p: parcel q: parcel(express: true) }`,
    variables: { id: "u1", deep: true },
  },
  {
    row: "aliases that hide keys",
    query:
      "{ reviews { id: text writer { id: name email: id plan } } stocks { warehouse: sku sku: warehouse count } }",
  },
  {
    row: "@skip and @include",
    query: "query ($no: Boolean!) { users { id name @skip(if: $no) plan @include(if: $no) } }",
    variables: { no: true },
  },
  {
    row: "introspection of the client's schema",
    query: '{ __type(name: "User") { name kind } __schema { queryType { name } } }',
  },
];
