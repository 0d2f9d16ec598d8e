import { faultOf } from "../capabilities/rate-limit/index.ts";
import type { ClientDialect } from "../exchange/dialect.ts";
import { nearestNames } from "../kernel/nearest.ts";
import { knowsModels } from "./known-models.ts";
import { type Finding, suggestion } from "./problem.ts";
import type { ProviderConfig } from "./resolve-provider.ts";
import type { WrittenConfig } from "./schema.ts";

/** Routes of the gateway's own, by the ids that they have in the request log. */
const ownRoutes: readonly (ClientDialect | "raw" | "kept" | "realtime")[] = [
  "openai-chat",
  "openai-responses",
  "openai-embeddings",
  "anthropic-messages",
  "anthropic-count",
  "gemini-generate",
  "ai-v1",
  "ai-v1-embed",
  "raw",
  "kept",
  "realtime",
];

/** A limit for what nobody can ask for would never count, and nobody would notice. */
export function checkLimits(
  { limits, models, routes }: WrittenConfig,
  providers: readonly ProviderConfig[],
): readonly Finding[] {
  const pools = Object.keys(models);
  const routeNames: readonly string[] = [...Object.keys(routes), ...ownRoutes];
  const isModel = knowsModels(pools, providers);
  const ids = limits.map(({ id }) => id);
  return limits.flatMap((limit, index): readonly Finding[] => {
    const at = (field: string, place: number): Finding["path"] => ["limits", index, field, place];
    const fault = faultOf(limit);
    return [
      ...(fault === undefined
        ? []
        : [
            {
              path: ["limits", index, fault.at],
              message: `\`${fault.at}\` ${fault.why}`,
              at: "value" as const,
            },
          ]),
      ...(ids.indexOf(limit.id) < index
        ? [{ path: ["limits", index, "id"], message: `\`${limit.id}\` is there twice`, at: "value" as const }]
        : []),
      ...limit.routes.flatMap((name, place) =>
        name.includes("*") || routeNames.includes(name)
          ? []
          : [unknown(at("routes", place), name, `no route${suggestion(nearestNames(name, routeNames, 2))}`)],
      ),
      ...limit.models.flatMap((name, place) =>
        name.includes("*") || isModel(name)
          ? []
          : [
              unknown(
                at("models", place),
                name,
                `no pool and no model of this file${suggestion(nearestNames(name, pools, 2))}`,
              ),
            ],
      ),
    ];
  });
}

const unknown = (path: Finding["path"], name: string, what: string): Finding => ({
  path,
  message: `\`${name}\` is ${what}`,
  at: "value",
});
