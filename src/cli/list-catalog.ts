import { catalogProviders } from "../providers/catalog/index.ts";
import { commandLines } from "./command-lines.ts";
import { readOptions } from "./options.ts";
import type { World } from "./world.ts";

/** `sallyport catalog`: the known providers, the variables that hold their keys, and where they are. */
export async function listCatalog(args: readonly string[], world: World): Promise<number> {
  const { values } = readOptions(args, commandLines.catalog);
  if (values.json === true) {
    world.stdout(`${JSON.stringify(catalogProviders)}\n`);
    return 0;
  }
  const rows = catalogProviders.map(({ id, environment, baseUrl }) => [
    id,
    environment.length === 0 ? "(no key)" : environment.join(", "),
    baseUrl,
  ]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  world.stdout(
    rows.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}\n`).join(""),
  );
  return 0;
}
