import { hash } from "node:crypto";
import type { ParsedConfig } from "../config/parse.ts";
import type { Config } from "../config/schema.ts";
import { createGraphqlKept, type GraphqlParts } from "../gateway/graphql-kept.ts";

/** Loads what routes of GraphQL need, once there is one; no other process has any of it in memory. */
export function graphqlLoader(): {
  readonly loadFor: (config: Pick<Config, "routes">) => Promise<void>;
  /** Waits for what the configuration needs besides. */
  readonly loadedFor: (parsing: Promise<ParsedConfig>) => Promise<ParsedConfig>;
  readonly loaded: () => GraphqlParts | undefined;
} {
  let tools: GraphqlParts | undefined;
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
      kept: createGraphqlKept(),
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
