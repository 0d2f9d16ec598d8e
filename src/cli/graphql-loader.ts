import { hash } from "node:crypto";
import type { ParsedConfig } from "../config/parse.ts";
import type { Config } from "../config/schema.ts";
import type { GraphqlTools } from "../ports/graphql-tools.ts";

/** Loads what routes of GraphQL need, once there is one; no other process has any of it in memory. */
export function graphqlLoader(): {
  readonly loadFor: (config: Pick<Config, "routes">) => Promise<void>;
  /** Waits for what the configuration needs besides. */
  readonly loadedFor: (parsing: Promise<ParsedConfig>) => Promise<ParsedConfig>;
  readonly loaded: () => GraphqlTools | undefined;
} {
  let tools: GraphqlTools | undefined;
  const loadFor = async ({ routes }: Pick<Config, "routes">): Promise<void> => {
    if (tools !== undefined || Object.values(routes).every(({ protocol }) => protocol !== "graphql")) return;
    const [{ createGraphqlEngine }, { openSupergraph }] = await Promise.all([
      import("../platform/graphql/index.ts"),
      import("../platform/graphql-federation/index.ts"),
    ]);
    tools = {
      engine: createGraphqlEngine(),
      openSupergraph,
      sha256: (text) => hash("sha256", text, "hex"),
    };
  };
  return {
    loadFor,
    loadedFor: async (parsing) => {
      const parsed = await parsing;
      if (parsed.kind === "valid") await loadFor(parsed.config);
      return parsed;
    },
    loaded: () => tools,
  };
}
