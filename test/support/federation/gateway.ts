import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BootedGateway, bootGateway } from "../booted-gateway.ts";
import type { Federation } from "./federation.ts";

/** A gateway over subgraphs, at `/graphql`. `labels`: progressive overrides that are on; `more`: other settings of each service, `graph` of the route. */
export async function gatewayOver(
  { supergraph, urls }: Pick<Federation, "supergraph" | "urls">,
  labels: readonly string[] = [],
  more = "",
  graph = "",
): Promise<BootedGateway> {
  const directory = mkdtempSync(join(tmpdir(), "sallyport-supergraph-"));
  const file = join(directory, "supergraph.graphql");
  writeFileSync(file, supergraph);
  const services = Object.entries(urls).map(
    ([name, url]) => `  ${name}: { baseUrl: "${new URL(url).origin}"${more} }`,
  );
  const gateway = await bootGateway(`
services:
${services.join("\n")}
routes:
  graph:
    protocol: graphql
    path: /graphql
    graphql:
      supergraph: ${file}
      introspection: { allow: true }
      ${graph}
      overrideLabels: ${JSON.stringify(Object.fromEntries(labels.map((label) => [label, true])))}
`);
  return {
    ...gateway,
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The answer to one POST. */
export async function ask({ port, key }: BootedGateway, query: string, variables: unknown): Promise<unknown> {
  const answer = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  return answer.json();
}
