import { hostileDocuments, hostileSdl } from "../src/platform/graphql/hostile-documents.test-support.ts";
import { createGraphqlEngine } from "../src/platform/graphql/index.ts";
import { graphqlLimits } from "../src/ports/graphql.ts";

const engine = createGraphqlEngine();
const read = engine.schemaOf(hostileSdl);
const schema = read.kind === "schema" ? read.schema : undefined;
const words = `{ } ( ) [ ] : $ @ ! ... a b c list node either in x id on Query One In fragment f query 1 "s" = {a {c ...f`;

/** CPU that a document takes whose text nobody has seen: each has a checker of its own. */
function cpuOf(text: string, hasSchema: boolean): { readonly ms: number; readonly rule: string } {
  const checker = engine.checkerOf({ schema: hasSchema ? schema : undefined, limits: graphqlLimits });
  const before = process.cpuUsage();
  const checked = checker.check(text, { variables: {}, mayIntrospect: false });
  const { user, system } = process.cpuUsage(before);
  return {
    ms: (user + system) / 1000,
    rule: checked.kind === "refused" ? (checked.faults[0]?.rule ?? "") : "taken",
  };
}

/** The same texts each time: a linear congruential generator. Source: Numerical Recipes, "Quick and dirty". */
function randomTexts(count: number): readonly string[] {
  const parts = words.split(" ");
  let state = 7227;
  const next = (below: number): number => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length: count }, () =>
    Array.from({ length: next(2000) }, () => parts[next(parts.length)] ?? "").join(" "),
  );
}

const hostileMax = 50;
const randomMax = 100;

/** `npm run bench -- graphql`: CPU of documents that are made to be slow, and of random ones, against their bounds. */
export function benchGraphqlDocuments(): void {
  const rows = hostileDocuments.flatMap(({ name, text }) =>
    [true, false].map((hasSchema) => ({ name, ...cpuOf(text, hasSchema), bound: hostileMax })),
  );
  const random = randomTexts(3000).flatMap((text) => [cpuOf(text, true), cpuOf(text, false)]);
  const worst = random.toSorted((left, right) => right.ms - left.ms)[0];
  if (worst !== undefined)
    rows.push({ name: "the slowest of 6,000 random ones", ...worst, bound: randomMax });
  for (const { name, ms, rule } of rows.toSorted((left, right) => right.ms - left.ms))
    process.stdout.write(`${ms.toFixed(1).padStart(7)} ms  ${name}: ${rule}\n`);
  if (rows.some(({ ms, bound }) => ms > bound)) process.exitCode = 1;
}
