import type { Finding } from "./problem.ts";
import type { ReferenceWorld } from "./references.ts";
import type { WrittenConfig } from "./schema.ts";

const filesOf = ({ routes }: Pick<WrittenConfig, "routes">) =>
  Object.entries(routes).flatMap(([name, { graphql }]) => {
    const { supergraph, schema, trustedDocuments } = graphql ?? {};
    const at = ["routes", name, "graphql"];
    return [
      { file: supergraph, path: [...at, "supergraph"] },
      { file: schema, path: [...at, "schema"] },
      { file: trustedDocuments?.manifest, path: [...at, "trustedDocuments", "manifest"] },
    ].flatMap(({ file, path }) => (file === undefined ? [] : [{ file, path }]));
  });

/** The files that routes of GraphQL name, as written. */
export const graphqlFileNames = (written: Pick<WrittenConfig, "routes">): readonly string[] =>
  filesOf(written).map(({ file }) => file);

/** Their texts by name. What stands in them is judged when it is compiled. */
export function readGraphqlFiles(
  written: Pick<WrittenConfig, "routes">,
  { readFile }: Pick<ReferenceWorld, "readFile">,
): { readonly texts: Readonly<Record<string, string>>; readonly findings: readonly Finding[] } {
  const texts = new Map<string, string>();
  const findings: Finding[] = [];
  for (const { file, path } of filesOf(written)) {
    const reading = readFile(file);
    if (reading.kind === "text") texts.set(file, reading.text);
    else
      findings.push({ path, message: `the file \`${file}\` cannot be read: ${reading.reason}`, at: "value" });
  }
  return { texts: Object.fromEntries(texts), findings };
}
