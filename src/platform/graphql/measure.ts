import {
  type ASTNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import type { GraphqlLimits } from "../../ports/graphql.ts";
import { LimitError } from "./faults.ts";

/** What a selection set asks for, its fragments included as often as they are spread. */
export interface Measure {
  readonly depth: number;
  /** Fields of its own level. */
  readonly fields: number;
  readonly aliases: number;
  readonly directives: number;
  readonly spreads: number;
  readonly introspects: boolean;
}

/** Introspection has its own depth: what tools send goes deeper than most limits, and `limits.depth` is for the data. */
const metaDepthMax = 20;

const objectNames: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

/**
 * Measures each operation of a document. A fragment is walked once and its figures are added at each spread, so the work
 * is linear in the document even where the figures grow exponentially (CVE-2025-32380).
 *
 * @returns `visited`: how many selections were looked at, for tests.
 * @throws LimitError At a figure that is above its limit, a cycle of fragments, or a name that `Object.prototype` has.
 */
export function measureDocument(
  document: DocumentNode,
  limits: GraphqlLimits,
): { readonly operations: ReadonlyMap<OperationDefinitionNode, Measure>; readonly visited: number } {
  const fragments = fragmentsOf(document);
  const known = new Map<string, Measure>();
  const open = new Set<string>();
  let visited = 0;

  function ofFragment(name: string): Measure {
    const done = known.get(name);
    if (done !== undefined) return done;
    const fragment = fragments.get(name);
    if (fragment === undefined) return nothing;
    if (open.has(name)) {
      throw new LimitError("fragment-cycle", `The fragment \`${name}\` spreads itself.`, fragment);
    }
    open.add(name);
    const measure = withDirectives(ofSelections(fragment.selectionSet, 0), fragment);
    open.delete(name);
    known.set(name, measure);
    return measure;
  }

  function ofSelections(set: SelectionSetNode, level: number): Measure {
    let sum = nothing;
    for (const selection of set.selections) {
      visited += 1;
      const part = ofSelection(selection, level);
      sum = add(sum, withDirectives(part, selection));
      refuseAbove(sum, limits, selection);
    }
    return sum;
  }

  function ofSelection(selection: SelectionNode, level: number): Measure {
    switch (selection.kind) {
      case Kind.FIELD:
        return ofField(selection, level);
      case Kind.INLINE_FRAGMENT:
        return ofSelections(selection.selectionSet, level);
      case Kind.FRAGMENT_SPREAD: {
        const inner = ofFragment(selection.name.value);
        return { ...inner, spreads: inner.spreads + 1 };
      }
    }
  }

  function ofField(field: FieldNode, level: number): Measure {
    refuseObjectName(field);
    const own = { fields: 1, aliases: field.alias === undefined ? 0 : 1 };
    const isMeta = field.name.value === "__schema" || field.name.value === "__type";
    if (field.selectionSet === undefined) return { ...nothing, ...own, depth: 1, introspects: isMeta };
    if (level > Math.max(limits.depth, metaDepthMax)) throw tooMuch("depth", level + 1, limits, field);
    const inner = ofSelections(field.selectionSet, level + 1);
    const aliases = inner.aliases + own.aliases;
    if (!isMeta) return { ...inner, ...own, aliases, depth: inner.depth + 1 };
    if (inner.depth > metaDepthMax) throw tooMuch("depth", inner.depth + 1, limits, field);
    return { ...inner, ...own, aliases, depth: 1, introspects: true };
  }

  // Those that nobody spreads too: validation looks at each.
  for (const name of fragments.keys()) ofFragment(name);
  const operations = new Map<OperationDefinitionNode, Measure>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const measure = withDirectives(ofSelections(definition.selectionSet, 0), definition);
    refuseAbove(measure, limits, definition);
    for (const name of ["depth", "rootFields"] as const) {
      const count = name === "depth" ? measure.depth : measure.fields;
      if (count > limits[name]) throw tooMuch(name, count, limits, definition);
    }
    operations.set(definition, measure);
  }
  return { operations, visited };
}

const nothing: Measure = { depth: 0, fields: 0, aliases: 0, directives: 0, spreads: 0, introspects: false };

const add = (left: Measure, right: Measure): Measure => ({
  depth: Math.max(left.depth, right.depth),
  fields: left.fields + right.fields,
  aliases: left.aliases + right.aliases,
  directives: left.directives + right.directives,
  spreads: left.spreads + right.spreads,
  introspects: left.introspects || right.introspects,
});

function withDirectives(measure: Measure, node: SelectionNode | DefinitionNode): Measure {
  let own = node.directives?.length ?? 0;
  if (node.kind === Kind.OPERATION_DEFINITION) {
    for (const variable of node.variableDefinitions ?? []) own += variable.directives?.length ?? 0;
  }
  return own === 0 ? measure : { ...measure, directives: measure.directives + own };
}

/** The first definition of each name; that there is a second is found by validation. */
export function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.FRAGMENT_DEFINITION || fragments.has(definition.name.value)) continue;
    fragments.set(definition.name.value, definition);
  }
  return fragments;
}

/** Figures that grow with each selection are looked at as they grow, so that a bomb ends the pass early. */
function refuseAbove(measure: Measure, limits: GraphqlLimits, node: ASTNode): void {
  if (measure.aliases > limits.aliases) throw tooMuch("aliases", measure.aliases, limits, node);
  if (measure.directives > limits.directives) throw tooMuch("directives", measure.directives, limits, node);
  if (measure.spreads > limits.fragmentSpreads)
    throw tooMuch("fragmentSpreads", measure.spreads, limits, node);
}

/** Of each limit its rule, and its unit in words. */
const words = {
  depth: ["depth", "levels of fields"],
  rootFields: ["root-fields", "fields of the root"],
  aliases: ["aliases", "aliases"],
  directives: ["directives", "directives"],
  fragmentSpreads: ["fragment-spreads", "fragment spreads"],
} as const;

function tooMuch(limit: keyof typeof words, count: number, limits: GraphqlLimits, node: ASTNode): LimitError {
  const [rule, unit] = words[limit];
  return new LimitError(
    rule,
    `The document has ${count} ${unit} or more; at most ${limits[limit]} are taken.`,
    node,
  );
}

/** CVE-2026-32621: names that an object has already must not become members of an answer. */
function refuseObjectName({ alias, name }: FieldNode): void {
  const key = alias ?? (name.value === "__proto__" ? name : undefined);
  if (key === undefined || !objectNames.has(key.value)) return;
  throw new LimitError("object-names", `\`${key.value}\` cannot name a field of an answer.`, key);
}
