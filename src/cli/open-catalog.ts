import type { Reloader } from "../config/reloader.ts";
import type { Config } from "../config/schema.ts";
import { type Catalog, type CatalogParts, createCatalog } from "../gateway/catalog.ts";
import { compileConfig } from "../gateway/compile-config.ts";
import type { Snapshot } from "../gateway/snapshot.ts";
import { catalogFacts, catalogIdOf } from "./catalog.ts";
import { catalogFile } from "./catalog-file.ts";

/** The catalogue of models, and what compiles configurations with it. */
export interface OpenCatalog {
  readonly catalog: Catalog;
  /** Compiles a configuration, which is then the one that the catalogue's differences are told against. */
  readonly compile: (config: Config, generation: number) => Snapshot;
}

/** @param running What counts now; asked when something is fetched or applied, not before. */
export function openCatalog(
  directory: string,
  running: {
    readonly reloader: () => Pick<Reloader, "config" | "state">;
    readonly swap: (snapshot: Snapshot) => void;
  },
  world: Pick<CatalogParts, "clock" | "timer" | "logger" | "transport">,
): OpenCatalog {
  let compiled: Snapshot | undefined;
  const catalog = createCatalog({
    ...world,
    store: catalogFile(directory),
    settings: () => running.reloader().config().catalog,
    inUse: () =>
      [...(compiled?.table.providers.values() ?? [])].flatMap(({ id, targetOf }) => {
        const catalogId = catalogIdOf(targetOf("").priceProvider);
        return catalogId === undefined
          ? []
          : [{ id, catalogId, abilitiesOf: (model: string) => targetOf(model).abilities }];
      }),
    onApplied: () => {
      const reloader = running.reloader();
      running.swap(compile(reloader.config(), reloader.state().generation));
    },
  });
  const facts = catalogFacts(catalog.layerOf);
  const compile = (config: Config, generation: number): Snapshot => {
    compiled = compileConfig(config, generation, facts);
    return compiled;
  };
  return { catalog, compile };
}
