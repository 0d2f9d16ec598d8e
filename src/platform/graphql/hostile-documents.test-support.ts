/** A document that is made to be slow, and the rule that refuses it; `taken`: it costs what others cost. */
export interface HostileDocument {
  readonly name: string;
  readonly text: string;
  readonly rule: string;
  /** Where the schema is not known; as `rule` unless it says another. */
  readonly ruleWithoutSchema?: string;
}

export const hostileSdl = `
  type Query {
    a: Query b: Query c(x: [Int], in: In, deep: [[[Int]]], s: String): String list: [Query] node: Node either: Either
  }
  input In { in: In list: [In] x: Int s: String }
  interface Node { id: ID a: Query }
  type One implements Node { id: ID a: Query x: Int }
  type Two implements Node { id: ID a: Query x: String }
  union Either = One | Two
`;

export const many = (count: number, part: (index: number) => string, between = " "): string =>
  Array.from({ length: count }, (_, index) => part(index)).join(between);

/** `{{{}}}` */
const within = (levels: number, open: string, close: string, core = ""): string =>
  `${open.repeat(levels)}${core}${close.repeat(levels)}`;

/** Each spreads the next one twice. */
export const doublingFragments = `${many(100, (n) => `fragment f${n} on Query{...f${n + 1} ...f${n + 1}}`)} fragment f100 on Query{c}`;
const chain = `${many(45, (n) => `fragment f${n} on Query{...f${n + 1} c(in: $v)}`)} fragment f45 on Query{c}`;

export const hostileDocuments: readonly HostileDocument[] = [
  { name: "600 aliases", text: `{${many(600, (n) => `a${n}: c`)}}`, rule: "aliases" },
  { name: "fragments that double", text: `{...f0} ${doublingFragments}`, rule: "fragment-spreads" },
  {
    name: "fragments in a ring",
    text: "{...f} fragment f on Query{...g} fragment g on Query{...f}",
    rule: "fragment-cycle",
  },
  {
    name: "a ring that nobody spreads",
    text: "{c} fragment f on Query{a{...g}} fragment g on Query{a{...f}}",
    rule: "fragment-cycle",
  },
  {
    name: "70 operations over one chain of fragments",
    text: `${many(70, (n) => `query q${n}($v: In){a{...f0}}`)} ${chain}`,
    rule: "repeated-fields",
  },
  { name: "10,000 levels", text: within(10_000, "{a", "}"), rule: "tokens" },
  { name: "13 levels", text: within(13, "{a", "}", "{c}"), rule: "depth" },
  { name: "inline fragments in each other", text: `{${within(600, "...{", "}", "c")}}`, rule: "nesting" },
  { name: "a megabyte", text: `{c ${"#".repeat(1_000_000)}}`, rule: "text" },
  { name: "comments", text: `${"#\n".repeat(120_000)}{c}`, rule: "tokens" },
  { name: "directives", text: `{c ${"@include(if: true)".repeat(60)}}`, rule: "directives" },
  {
    name: "directives of variables",
    text: `query(${many(60, (n) => `$v${n}: Int @a`)}){c}`,
    rule: "directives",
  },
  { name: "fields of the root", text: `{${"c ".repeat(11)}}`, rule: "root-fields" },
  { name: "the same again", text: `{a{${"a{c}".repeat(400)}}}`, rule: "repeated-fields" },
  {
    name: "the same with long arguments",
    text: `{a{${"c(x: [1 2 3 4 5])".repeat(130)}}}`,
    rule: "repeated-fields",
  },
  {
    name: "the same with long arguments, less often",
    text: `{a{${"c(x: [1 2 3 4 5])".repeat(90)}}}`,
    rule: "taken",
  },
  {
    name: "types that overlap",
    text: `{either{${many(170, (n) => `... on ${n % 2 === 0 ? "One" : "Two"}{id a{c}}`)}}}`,
    rule: "repeated-fields",
  },
  {
    name: "input objects in each other",
    text: `{c(in: ${within(490, "{in:", "}", "{}")})}`,
    rule: "nesting",
  },
  {
    name: "33 input objects in each other",
    text: `{c(in: ${within(33, "{in:", "}", "1")})}`,
    rule: "nesting",
  },
  {
    name: "32 input objects in each other",
    text: `{c(in: ${within(31, "{in:", "}", "{}")})}`,
    rule: "taken",
  },
  { name: "lists in each other", text: `{c(deep: ${within(900, "[", "]", "1")})}`, rule: "nesting" },
  {
    name: "a default deep in itself",
    text: `query($v: In = ${within(480, "{in:", "}", "{}")}){c(in: $v)}`,
    rule: "nesting",
  },
  {
    name: "a type of lists of lists",
    text: `query($v: ${within(900, "[", "]", "Int")}){c}`,
    rule: "nesting",
  },
  {
    name: "a directive's argument deep in itself",
    text: `{c @include(if: ${within(400, "[", "]", "true")})}`,
    rule: "nesting",
  },
  {
    name: "a long list of what it is not",
    text: `{c(x: [${"A ".repeat(1900)}])}`,
    rule: "values-of-correct-type",
    ruleWithoutSchema: "taken",
  },
  { name: "a long text of escapes", text: `{c(s: "${"\\u0041".repeat(40_000)}")}`, rule: "taken" },
  { name: "a block of blank lines", text: `{c(s: """${"\n ".repeat(100_000)}""")}`, rule: "taken" },
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "__defineGetter__"].map(
    (name): HostileDocument => ({
      name: `the alias ${name}`,
      text: `{a{${name}: c}}`,
      rule: "object-names",
    }),
  ),
  { name: "a field __proto__", text: "{__proto__}", rule: "object-names" },
  { name: "cost", text: "{list{list{list{list{list{c}}}}}}", rule: "cost", ruleWithoutSchema: "taken" },
];
