import type * as z from "zod";
import type { Expressions } from "../ports/expressions.ts";
import { checkGuardrails } from "./check-guardrails.ts";
import { checkPolicies } from "./check-policies.ts";
import { checkRoutes } from "./check-routes.ts";
import { type CompletedConfig, completeConfig } from "./complete.ts";
import { describeIssue } from "./describe-issue.ts";
import { readGeo } from "./geo.ts";
import { graphqlFileNames, readGraphqlFiles } from "./graphql-files.ts";
import { atOnce, type Steps } from "./in-slices.ts";
import { type Path, printPath } from "./path.ts";
import { poolPathAsWritten } from "./pools.ts";
import type { ConfigProblem, Finding } from "./problem.ts";
import { readYaml } from "./read-yaml.ts";
import { type ReferenceWorld, resolveReferences } from "./references.ts";
import type { KnownProvider } from "./resolve-provider.ts";
import { checkCases } from "./route-cases.ts";
import { type Config, configSchema, configShape, type WrittenConfig } from "./schema.ts";

/** What parsing may ask: variables, files of secrets, the catalogue of providers. */
export interface ParseWorld extends ReferenceWorld {
  readonly catalog: readonly KnownProvider[];
  readonly expressions: Expressions;
}

/** What stood in the file, before references were resolved. */
export interface WrittenTree {
  readonly tree: unknown;
  /** Where credentials stand written out in it. */
  readonly literals: readonly string[];
}

/** `files`: those named by `file:` references and by `geo.cidrs`, as written; when one changes, the outcome may. */
export type ParsedConfig =
  | {
      readonly kind: "valid";
      readonly config: Config;
      readonly files: readonly string[];
      readonly written: WrittenTree;
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
  return atOnce(parseInSteps(text, world));
}

/** `parseConfig` for a process that has other work to do meanwhile. */
export function* parseInSteps(text: string, world: ParseWorld): Steps<ParsedConfig> {
  const reading = yield* readYaml(text);
  if (reading.kind === "invalid") return { ...reading, files: [] };
  yield;
  return yield* judge(withoutEmptySections(reading.value), world, reading.locate);
}

/** Reads a tree that was written before (`WrittenTree`): the same rules, and no places. Never throws. */
export function parseTree(tree: unknown, world: ParseWorld): ParsedConfig {
  return atOnce(judge(tree, world, nowhere));
}

function* judge(raw: unknown, world: ParseWorld, locate: Locate): Steps<ParsedConfig> {
  const resolved = resolveReferences(raw, configShape, world);
  yield;
  const checked = configSchema.safeParse(resolved.value);
  const files = [...resolved.files, ...listsOf(checked.data)];
  yield;
  const outcome = checked.success
    ? yield* wholeOf(checked.data, world)
    : { config: undefined, findings: describeIssues(checked.error, resolved.value, resolved.referenced) };
  yield;
  const findings = [...resolved.findings, ...withoutEchoes(outcome.findings, resolved.findings)];
  if (outcome.config === undefined || findings.length > 0) {
    const located = findings.map((finding) =>
      locate({ ...finding, path: poolPathAsWritten(finding.path, raw) }),
    );
    return { kind: "invalid", problems: located.toSorted(byPlace), files };
  }
  return {
    kind: "valid",
    config: outcome.config,
    files,
    written: { tree: raw, literals: resolved.literals },
  };
}

/** What only the whole configuration, or a compiler, can tell. */
function* wholeOf(written: WrittenConfig, world: ParseWorld): Steps<CompletedConfig> {
  const { config, findings } = completeConfig(written, world.catalog);
  const { networks, findings: ofGeo } = readGeo(written, world);
  const graphql = readGraphqlFiles(written, world);
  yield;
  const ofPolicies = yield* checkPolicies(written.policies, written.policy, {
    expressions: world.expressions,
    limits: written.limits.map(({ id }) => id),
  });
  return {
    config: {
      ...config,
      ...(Object.keys(graphql.texts).length === 0 ? {} : { graphqlFiles: graphql.texts }),
      ...(networks === undefined ? {} : { geo: { ...config.geo, networks } }),
    },
    findings: [
      ...findings,
      ...ofGeo,
      ...graphql.findings,
      ...checkCases(written.models, world.expressions),
      ...checkRoutes(written.routes, world.expressions),
      ...checkGuardrails(written.guardrails, world.expressions),
      ...ofPolicies,
    ],
  };
}

/** Files that are part of it and hold no secrets. */
const listsOf = (written: WrittenConfig | undefined): readonly string[] =>
  written === undefined
    ? []
    : [...(written.geo.cidrs === undefined ? [] : [written.geo.cidrs]), ...graphqlFileNames(written)];

type Locate = (finding: Finding) => ConfigProblem;

const nowhere: Locate = ({ path, message }) => ({
  message,
  line: null,
  column: null,
  path: path.length === 0 ? null : printPath(path),
});

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
