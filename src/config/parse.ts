import type * as z from "zod";
import { Secret } from "../kernel/secret.ts";
import { completeConfig } from "./complete.ts";
import { describeIssue } from "./describe-issue.ts";
import { type Path, printPath } from "./path.ts";
import { poolPathAsWritten } from "./pools.ts";
import type { ConfigProblem, Finding } from "./problem.ts";
import { readYaml } from "./read-yaml.ts";
import { type ReferenceWorld, resolveReferences } from "./references.ts";
import type { KnownProvider } from "./resolve-provider.ts";
import { type Config, configSchema, configShape } from "./schema.ts";

/** What parsing may ask: variables, files of secrets, the catalogue of providers. */
export interface ParseWorld extends ReferenceWorld {
  readonly catalog: readonly KnownProvider[];
}

/** `files`: those named by `file:` references, as written; when one changes, the outcome may. */
export type ParsedConfig =
  | {
      readonly kind: "valid";
      readonly config: Config;
      /** Where the secrets are: `providers.openai.key`. */
      readonly secretPaths: readonly string[];
      readonly files: readonly string[];
    }
  | {
      readonly kind: "invalid";
      readonly problems: readonly ConfigProblem[];
      readonly files: readonly string[];
    };

/**
 * Reads a configuration file whole: YAML, references, schema, catalogue, and what only the whole shows. Every problem
 * has line and column, and all that can be found at once are reported, in the order of the text. Never throws.
 */
export function parseConfig(text: string, world: ParseWorld): ParsedConfig {
  const reading = readYaml(text);
  if (reading.kind === "invalid") return { ...reading, files: [] };
  const raw = withoutEmptySections(reading.value);
  const resolved = resolveReferences(raw, configShape, world);
  const checked = configSchema.safeParse(resolved.value);
  const outcome = checked.success
    ? completeConfig(checked.data, world.catalog)
    : { config: undefined, findings: describeIssues(checked.error, resolved.value, resolved.referenced) };
  const findings = [...resolved.findings, ...withoutEchoes(outcome.findings, resolved.findings)];
  if (outcome.config === undefined || findings.length > 0) {
    const located = findings.map((finding) =>
      reading.locate({ ...finding, path: poolPathAsWritten(finding.path, raw) }),
    );
    return { kind: "invalid", problems: located.toSorted(byPlace), files: resolved.files };
  }
  return {
    kind: "valid",
    config: outcome.config,
    secretPaths: secretPaths(outcome.config),
    files: resolved.files,
  };
}

function describeIssues(
  error: z.ZodError,
  value: unknown,
  referenced: ReadonlySet<string>,
): readonly Finding[] {
  const isShowable = (path: Path): boolean =>
    !referenced.has(JSON.stringify(path)) && path[2] !== "key" && path[2] !== "headers";
  return error.issues.flatMap((issue) => describeIssue(issue, { value, shape: configShape, isShowable }));
}

/** A section that is named but empty (`models:`) is as good as not there. */
function withoutEmptySections(value: unknown): unknown {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, section]) => section !== null));
}

/** A reference that failed is one problem, not two. */
function withoutEchoes(findings: readonly Finding[], earlier: readonly Finding[]): readonly Finding[] {
  const told = new Set(earlier.map(({ path }) => JSON.stringify(path)));
  return findings.filter(({ path }) => !told.has(JSON.stringify(path)));
}

function byPlace(left: ConfigProblem, right: ConfigProblem): number {
  return (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0);
}

/** Where a value hides secrets: printed paths, in order. */
export function secretPaths(value: unknown, path: Path = []): readonly string[] {
  if (value instanceof Secret) return [printPath(path)];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => secretPaths(item, [...path, name]));
}
