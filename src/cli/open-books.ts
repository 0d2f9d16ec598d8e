import { faultOfRows, isPriceRow, type PriceRow } from "../capabilities/pricing/index.ts";
import type { Reloader } from "../config/reloader.ts";
import type { Config } from "../config/schema.ts";
import { type Catalog, type CatalogParts, createCatalog } from "../gateway/catalog.ts";
import { type CatalogFacts, compileConfig } from "../gateway/compile-config.ts";
import type { GatewayParts } from "../gateway/create-gateway.ts";
import { readSetRows } from "../gateway/prices.ts";
import type { Snapshot } from "../gateway/snapshot.ts";
import { GatewayError } from "../kernel/errors.ts";
import { catalogFacts, catalogIdOf } from "./catalog.ts";
import { keptText } from "./kept-text.ts";

/** What configurations are compiled with, and may change while they run: the catalogue of models, price rows that were set. */
export interface Books {
  readonly catalog: Catalog;
  /** What the gateway gets of them. */
  readonly parts: Pick<GatewayParts, "catalog" | "setRows">;
  readonly compile: (config: Config, generation: number) => Snapshot;
}

/** @param running What counts now; asked when something is fetched or set, not before. */
export function openBooks(
  directory: string,
  running: {
    readonly reloader: () => Pick<Reloader, "config" | "state">;
    readonly swap: (snapshot: Snapshot) => void;
  },
  world: Pick<CatalogParts, "clock" | "timer" | "logger" | "transport"> & Pick<CatalogFacts, "graphql">,
): Books {
  let compiled: Snapshot | undefined;
  const recompiled = (): Snapshot => {
    const reloader = running.reloader();
    return compile(reloader.config(), reloader.state().generation);
  };
  const catalog = createCatalog({
    ...world,
    store: keptText(directory, "catalog/models-dev.json"),
    settings: () => running.reloader().config().catalog,
    inUse: () =>
      [...(compiled?.table.providers.values() ?? [])].flatMap(({ id, targetOf }) => {
        const catalogId = catalogIdOf(targetOf("").priceProvider);
        return catalogId === undefined
          ? []
          : [{ id, catalogId, abilitiesOf: (model: string) => targetOf(model).abilities }];
      }),
    onApplied: () => running.swap(recompiled()),
  });
  const kept = keptText(directory, "prices/rows.json");
  let rows: readonly PriceRow[] = keptRows(kept.read, world.logger);
  const facts = catalogFacts({ refreshed: catalog.layerOf, setRows: () => rows, graphql: world.graphql });
  const compile = (config: Config, generation: number): Snapshot => {
    compiled = compileConfig(config, generation, facts);
    return compiled;
  };
  const setRows: GatewayParts["setRows"] = {
    list: () => rows,
    replace: (wanted) => {
      const fault = faultOfRows(wanted);
      if (fault !== undefined) throw notTaken(fault);
      const before = rows;
      rows = wanted.filter(isPriceRow);
      try {
        const next = recompiled();
        // Kept before they count: what could not be kept would be gone at the next start, unnoticed.
        kept.write(JSON.stringify(rows));
        running.swap(next);
      } catch (thrown) {
        rows = before;
        throw thrown;
      }
      world.logger.info("price rows were set", { rows: rows.length });
    },
  };
  return { catalog, compile, parts: { catalog: catalog.control, setRows } };
}

function notTaken(fault: string): GatewayError {
  return new GatewayError("malformed_request", fault, {
    message: `The rows are not taken: ${fault}.`,
    param: "rows",
  });
}

/** A file that cannot be read is as none, and says so in the log: prices that are not known are not guessed. */
function keptRows(read: () => string | undefined, logger: CatalogParts["logger"]): readonly PriceRow[] {
  try {
    const text = read();
    const rows = text === undefined ? [] : readSetRows(text);
    if (rows === undefined) throw new Error("they are not in the form in which they are kept");
    return rows;
  } catch (thrown) {
    logger.warn("the price rows that were set cannot be read", { problem: String(thrown) });
    return [];
  }
}
