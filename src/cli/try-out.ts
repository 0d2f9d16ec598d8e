import { atOnce } from "../config/in-slices.ts";
import type { ConfigProblem, Finding } from "../config/problem.ts";
import { readYaml } from "../config/read-yaml.ts";
import type { Config } from "../config/schema.ts";
import { compileGraphqlRoute } from "../gateway/graphql-routes.ts";
import { compileServices } from "../gateway/services.ts";
import { GatewayError } from "../kernel/errors.ts";
import { dataListener, withFilesBeside } from "./data-listener.ts";
import { graphqlLoader } from "./graphql-loader.ts";

/**
 * What a start on this configuration would stumble over though its text is valid: certificates, and the files of GraphQL.
 *
 * @param text Tells where each problem stands.
 */
export async function tryOut(config: Config, file: string, text: string): Promise<readonly ConfigProblem[]> {
  const reading = atOnce(readYaml(text));
  const findings = [
    ...failures(["server", "tls"], () => dataListener(withFilesBeside(config.server, file))),
    ...(await graphqlFailures(config)),
  ];
  return findings.map((finding) =>
    reading.kind === "tree"
      ? reading.locate(finding)
      : { message: finding.message, line: null, column: null, path: null },
  );
}

async function graphqlFailures(config: Config): Promise<readonly Finding[]> {
  const loader = graphqlLoader();
  await loader.loadFor(config);
  const tools = loader.loaded();
  if (tools === undefined) return [];
  const services = compileServices(config);
  const files = config.graphqlFiles ?? {};
  return Object.entries(config.routes).flatMap(([id, settings]) =>
    settings.protocol === "graphql"
      ? failures(["routes", id, "graphql"], () =>
          compileGraphqlRoute({ id, settings, files }, services, tools),
        )
      : [],
  );
}

function failures(path: Finding["path"], attempt: () => unknown): readonly Finding[] {
  try {
    attempt();
    return [];
  } catch (thrown) {
    return [{ path, message: GatewayError.from(thrown).publicMessage, at: "value" }];
  }
}
