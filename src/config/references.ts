import type { FileReading } from "../ports/config-source.ts";
import { type Path, printPath } from "./path.ts";
import type { Finding } from "./problem.ts";
import { readQuantity, unitOf } from "./quantity.ts";
import { alternatives, type SchemaNode, schemasBelow } from "./schema-shape.ts";

/** What references may ask of the world. */
export interface ReferenceWorld {
  readonly env: (name: string) => string | undefined;
  /** Reads a file that a `file:` reference names, relative to the configuration file. */
  readonly readFile: (path: string) => FileReading;
}

export interface Resolved {
  readonly value: unknown;
  readonly findings: readonly Finding[];
  /** Paths, as JSON, whose value came from a reference: never to be printed in a message. */
  readonly referenced: ReadonlySet<string>;
  /** The files that were asked for, as written. */
  readonly files: readonly string[];
  /** Where credentials stand written out instead of by a reference. */
  readonly literals: readonly string[];
}

const reference = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^{}\r\n]*))?\}|\$\{[^{}\r\n]{0,40}\}?/g;
const secretName = /(^|_)(KEY|TOKEN|SECRET|PASSWORD|PASSPHRASE|CREDENTIALS?)(_|$)/i;
const credentialHeader = /auth|key|token|secret|cookie|password|credential/i;

/**
 * Replaces `${NAME}`, `${NAME:-default}` and, where secrets stand, `file:/path` by what they name; `$${` stands for
 * `${` itself. Text that came from a reference becomes a number or a boolean where one is wanted, and so does a quantity
 * such as `20 MiB` in a field whose name says its unit. A secret must be a reference, unless `allowLiteralSecrets` is true.
 *
 * `file:` works for secrets only, and variables named like a secret work nowhere else: whoever may propose a
 * configuration must not be able to read the machine's files and credentials by it.
 */
export function resolveReferences(root: unknown, shape: SchemaNode, world: ReferenceWorld): Resolved {
  const findings: Finding[] = [];
  const referenced = new Set<string>();
  const files: string[] = [];
  const literals: string[] = [];
  const mayBeLiteral =
    typeof root === "object" && root !== null && Reflect.get(root, "allowLiteralSecrets") === true;
  const found = (path: Path, message: string): void => {
    findings.push({ path, message, at: "value" });
  };

  const secretOf = (text: string, path: Path): string => {
    if (text.startsWith("file:")) {
      const file = text.slice("file:".length);
      files.push(file);
      referenced.add(JSON.stringify(path));
      return readSecretFile(file, path);
    }
    const { result, count, hasDefault } = interpolate(text, path, true);
    const isCredential = path.at(-2) !== "headers" || credentialHeader.test(String(path.at(-1)));
    if (isCredential && (count === 0 || hasDefault)) {
      literals.push(printPath(path));
      if (!mayBeLiteral) found(path, literalSecret(path, hasDefault));
    }
    return result;
  };

  const readSecretFile = (file: string, path: Path): string => {
    const reading = world.readFile(file);
    if (reading.kind === "unreadable") {
      found(path, `the file \`${file}\` of \`${printPath(path)}\` cannot be read: ${reading.reason}`);
      return unresolved;
    }
    const text = reading.text.replace(/(\r?\n)+$/, "");
    if (text !== "") return text;
    found(path, `the file \`${file}\` of \`${printPath(path)}\` is empty`);
    return unresolved;
  };

  const interpolate = (text: string, path: Path, isSecret: boolean) => {
    let count = 0;
    let hasDefault = false;
    const result = text.replace(
      reference,
      (whole: string, name: string | undefined, fallback: string | undefined) => {
        if (whole === "$${") return "${";
        count += 1;
        if (name === undefined) {
          found(
            path,
            `\`${whole}\` is no reference; write \`\${NAME}\`, \`\${NAME:-default}\`, or \`$\${\` for the characters themselves`,
          );
          return unresolved;
        }
        if (!isSecret && secretName.test(name)) {
          found(
            path,
            `\`\${${name}}\` is named like a secret, and \`${printPath(path)}\` is shown openly; secrets belong into \`key\` or \`headers\``,
          );
          return unresolved;
        }
        const value = world.env(name);
        if (value !== undefined && value !== "") return value;
        if (fallback !== undefined) {
          hasDefault = true;
          return fallback;
        }
        const state = value === undefined ? "not set" : "empty";
        found(path, `the environment variable \`${name}\` of \`${printPath(path)}\` is ${state}`);
        return unresolved;
      },
    );
    if (count > 0) referenced.add(JSON.stringify(path));
    return { result, count, hasDefault };
  };

  /** `nodes`: the schemas that may apply here, found on the way down. */
  const resolve = (value: unknown, path: Path, nodes: readonly SchemaNode[]): unknown => {
    if (Array.isArray(value)) {
      const below = schemasBelow(nodes, 0);
      return value.map((item: unknown, index) => resolve(item, [...path, index], below));
    }
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(
        Object.entries(value).map(([name, item]) => [
          name,
          resolve(item, [...path, name], schemasBelow(nodes, name)),
        ]),
      );
    }
    if (typeof value !== "string") return value;
    if (nodes.some((node) => node.writeOnly === true)) return secretOf(value, path);
    const { result, count } = interpolate(value, path, false);
    return asWanted(result, nodes, { name: String(path.at(-1)), isReferenced: count > 0 });
  };

  const value = resolve(root, [], alternatives(shape));
  return { value, findings, referenced, files, literals };
}

/** Text as the number or the switch that is wanted in its place, where it can be one. */
function asWanted(
  text: string,
  nodes: readonly SchemaNode[],
  { name, isReferenced }: { readonly name: string; readonly isReferenced: boolean },
): unknown {
  const isWanted = (type: SchemaNode["type"]): boolean => nodes.some((node) => node.type === type);
  if (isWanted("integer") || isWanted("number")) {
    const unit = unitOf(name);
    const quantity = unit === undefined ? undefined : readQuantity(text, unit);
    if (quantity !== undefined) return quantity;
    if (isReferenced && /^-?[0-9]+(\.[0-9]+)?$/.test(text)) return Number(text);
  }
  if (isReferenced && isWanted("boolean") && /^(true|false)$/.test(text)) return text === "true";
  return text;
}

/** Stands in for a value that could not be had, so that the other checks go on; its own finding is already made. */
const unresolved = "unresolved";

function literalSecret(path: Path, hasDefault: boolean): string {
  const what = hasDefault ? "has a literal secret as its default" : "is a literal secret";
  return `\`${printPath(path)}\` ${what}; write \`\${NAME}\` or \`file:/path\`, or set \`allowLiteralSecrets: true\``;
}
