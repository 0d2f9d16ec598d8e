import { fitsGlob } from "../../kernel/glob.ts";
import type { ModelEntry, RoutingTable, TargetRef } from "./shapes.ts";

/** Where a model name leads, before dialects are looked at. */
export type Resolution =
  | { readonly kind: "found"; readonly targets: readonly TargetRef[]; readonly reason: string }
  | { readonly kind: "unknown"; readonly known: readonly string[] };

/** Finds the targets of `model`; the first rule that fits decides: pool, `provider/model`, provider globs. */
export function resolveModel(table: RoutingTable, model: string): Resolution {
  const pool = table.pools.get(model);
  if (pool !== undefined)
    return { kind: "found", targets: pool, reason: `\`${model}\` is a pool of ${pool.length}` };
  const slash = model.indexOf("/");
  if (slash > 0) {
    const provider = table.providers.get(model.slice(0, slash));
    const name = model.slice(slash + 1);
    if (provider !== undefined && name !== "") {
      return {
        kind: "found",
        targets: [{ provider: provider.id, model: name }],
        reason: `the name says provider \`${provider.id}\``,
      };
    }
  }
  const fitting = bestGlob(table, model);
  if (fitting !== undefined) {
    return {
      kind: "found",
      targets: [{ provider: fitting.id, model }],
      reason: `\`${model}\` fits \`${fitting.glob}\` of provider \`${fitting.id}\``,
    };
  }
  return { kind: "unknown", known: knownNames(table) };
}

/** All names and patterns a client may use, pools first. */
export function listModels(table: RoutingTable): readonly ModelEntry[] {
  const pools = [...table.pools].map(([name, targets]): ModelEntry => ({ name, kind: "pool", targets }));
  const providers = [...table.providers.values()].flatMap((provider) => [
    ...provider.listed.map(
      (model): ModelEntry => ({
        name: `${provider.id}/${model}`,
        kind: "model",
        targets: [{ provider: provider.id, model }],
      }),
    ),
    ...provider.globs.map(
      (glob): ModelEntry => ({
        name: glob,
        kind: glob.includes("*") ? "pattern" : "model",
        targets: [{ provider: provider.id, model: glob }],
      }),
    ),
  ]);
  return [...pools, ...providers];
}

function knownNames(table: RoutingTable): readonly string[] {
  return listModels(table)
    .filter((entry) => entry.kind !== "pattern")
    .map((entry) => entry.name);
}

function bestGlob(
  table: RoutingTable,
  model: string,
): { readonly id: string; readonly glob: string } | undefined {
  let best: { readonly id: string; readonly glob: string } | undefined;
  for (const provider of table.providers.values()) {
    for (const glob of provider.globs) {
      if (fitsGlob(glob, model) && (best === undefined || glob.length > best.glob.length))
        best = { id: provider.id, glob };
    }
  }
  return best;
}
