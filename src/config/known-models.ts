import { fitsGlob } from "../kernel/glob.ts";
import type { ProviderConfig } from "./resolve-provider.ts";

/** Whether a client could ask for a model by this name: a pool, or one that leads to a provider. */
export const knowsModels =
  (
    pools: readonly string[],
    providers: readonly Pick<ProviderConfig, "id" | "models">[],
  ): ((name: string) => boolean) =>
  (name) =>
    pools.includes(name) ||
    providers.some(
      ({ id, models: globs }) => name.startsWith(`${id}/`) || globs.some((glob) => fitsGlob(glob, name)),
    );
