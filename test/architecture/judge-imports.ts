import { basename, posix } from "node:path";
import { parseSync } from "oxc-parser";
import { besideSrc, type Layer, layers } from "./layers.ts";

/** An import that the layer table does not allow, or a file that it does not know. */
export interface Violation {
  readonly file: string;
  /** The module it asks for as written; empty if the file itself is the violation. */
  readonly imports: string;
  readonly why: string;
}

/** A file's place: its layer, and the folder that counts as its own (`capabilities/routing`, `kernel`). */
interface Place {
  readonly layer: Layer;
  readonly folder: string;
  readonly isRoom: boolean;
}

/**
 * Holds every import of every file against the layer table.
 *
 * @param files Source text by path from the project's root, with `/` ("src/kernel/units.ts"). Tests are passed over:
 *   they may look into everything.
 */
export function judgeImports(files: ReadonlyMap<string, string>): readonly Violation[] {
  const judged = [...files].filter(([file]) => !/\.test(-d|-support)?\.ts$/.test(file));
  return judged.flatMap(([file, source]) => {
    const place = placeOf(file);
    if (place === undefined)
      return [{ file, imports: "", why: "its folder has no level in test/architecture/layers.ts" }];
    return importsOf(file, source).flatMap((imports) => {
      const why = judge(file, place, imports);
      return why === undefined ? [] : [{ file, imports, why }];
    });
  });
}

/** Every module that a file asks for: imports, re-exports and `import()`, of values and of types. */
export function importsOf(file: string, source: string): readonly string[] {
  const { module, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message}`);
  const exported = module.staticExports.flatMap(({ entries }) =>
    entries.map(({ moduleRequest }) => moduleRequest?.value),
  );
  const dynamic = module.dynamicImports.map(({ moduleRequest: { start, end } }) => source.slice(start, end));
  return [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...new Set(exported.filter((name) => name !== undefined)),
    ...dynamic.map((literal) => literal.replaceAll(/^["'`]|["'`]$/g, "")),
  ];
}

function judge(file: string, place: Place, imports: string): string | undefined {
  if (imports.startsWith("node:"))
    return place.layer.touchesTheWorld ? undefined : "only platform, cli and main.ts touch the world";
  if (!imports.startsWith(".")) return judgePackage(file, place.layer, imports);
  const target = posix.normalize(posix.join(posix.dirname(file), imports));
  if (!target.startsWith("src/")) return judgeBeside(place.layer, target);
  const there = placeOf(target);
  if (there === undefined) return "the folder it imports has no level";
  return there.folder === place.folder ? undefined : judgeNeighbour(place, there, target);
}

function judgeNeighbour(here: Place, there: Place, target: string): string | undefined {
  const { mayImport, mayAlsoImport = [] } = here.layer;
  if (!mayImport.includes(there.layer.level) && !mayAlsoImport.includes(there.folder)) {
    const direction = there.layer.level > here.layer.level ? "up" : "sideways or past a level";
    return `${here.folder} (${here.layer.level}) may not import ${there.folder} (${there.layer.level}): it points ${direction}`;
  }
  return there.isRoom && target !== `src/${there.folder}/index.ts`
    ? `a room is entered through its index.ts`
    : undefined;
}

function judgePackage(file: string, { packages }: Layer, imports: string): string | undefined {
  if (packages === "any") return undefined;
  const name = imports.split("/", imports.startsWith("@") ? 2 : 1).join("/");
  const allowed = [...(packages[basename(file)] ?? []), ...(packages["*"] ?? [])];
  return allowed.includes(name) ? undefined : `the package ${name} is not allowed here`;
}

function judgeBeside({ level }: Layer, target: string): string | undefined {
  const [folder = ""] = target.split("/");
  return besideSrc[folder]?.includes(level) ? undefined : `src does not reach into ${folder}`;
}

function placeOf(file: string): Place | undefined {
  const [, first = "", second = "", ...rest] = file.split("/");
  for (const layer of layers) {
    if (layer.folders.includes(first)) return { layer, folder: first, isRoom: false };
    if (layer.folders.includes(`${first}/*`) && rest.length > 0)
      return { layer, folder: `${first}/${second}`, isRoom: true };
  }
  return undefined;
}
