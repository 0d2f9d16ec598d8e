import { parse } from "graphql";
import type {
  FederationLimits,
  FederationSettings,
  OpenedSupergraph,
  SupergraphProblem,
} from "../../ports/graphql-federation.ts";
import { type ApiSchema, buildApiSchema } from "./api-schema.ts";
import { createFederation } from "./federation.ts";
import { readSupergraph } from "./supergraph.ts";

const defaultLimits: FederationLimits = {
  planningStepsMax: 1_000,
  tokensMax: 2_000,
  plansMax: 1_000,
  keysPerFetchMax: 500,
  answerDepthMax: 128,
  answerValuesMax: 2_000_000,
  errorsMax: 1_000,
};

/** Reads a supergraph whole; every problem that is found is told, and with one of them nothing is opened. */
export function openSupergraph(sdl: string, settings: FederationSettings): OpenedSupergraph {
  const problems: SupergraphProblem[] = [];
  const api = attempt(
    "supergraph",
    problems,
    (): ApiSchema & { readonly document: ReturnType<typeof parse> } => {
      const document = parse(sdl);
      return { document, ...buildApiSchema(document) };
    },
  );
  if (api === undefined) return { kind: "problems", problems };
  const model = readSupergraph(api.document, problems);
  if (problems.length > 0) return { kind: "problems", problems };
  const limits = { ...defaultLimits, ...settings.limits };
  return { kind: "federation", federation: createFederation({ model, api, settings, limits }) };
}

function attempt<T>(at: string, problems: SupergraphProblem[], run: () => T): T | undefined {
  try {
    return run();
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    const locations: unknown =
      thrown instanceof Error && "locations" in thrown ? thrown.locations : undefined;
    const [first]: readonly unknown[] = Array.isArray(locations) ? locations : [];
    const line =
      typeof first === "object" && first !== null && "line" in first ? `, line ${String(first.line)}` : "";
    problems.push({ at: `${at}${line}`, message });
    return undefined;
  }
}
