import { type ReferenceWorld, resolveReferences } from "./references.ts";
import { configShape } from "./schema.ts";

const line =
  /^dataDir[ \t]*:[ \t]+(?:"([^"\r\n]+)"|'([^'\r\n]+)'|([^\s#"'{[][^\r\n]*?))(?:[ \t]+#[^\r\n]*)?[ \t]*\r?$/m;

/**
 * The data directory that a configuration text names, found by its line alone: for commands that do not need the rest,
 * and for files whose rest is broken. `undefined` when it names none, or by a reference that cannot be resolved.
 */
export function dataDirIn(text: string, world: ReferenceWorld): string | undefined {
  const [, quoted, single, plain] = line.exec(text) ?? [];
  const written = quoted ?? single ?? plain;
  if (written === undefined) return undefined;
  const { value, findings } = resolveReferences({ dataDir: written }, configShape, world);
  if (findings.length > 0 || typeof value !== "object" || value === null) return undefined;
  const directory: unknown = Reflect.get(value, "dataDir");
  return typeof directory === "string" ? directory : undefined;
}
