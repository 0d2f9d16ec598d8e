import { hash } from "node:crypto";
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  print,
  stripIgnoredCharacters,
  visit,
} from "graphql";
import type { GraphqlFault, GraphqlLimits } from "../../ports/graphql.ts";
import { type CostPlan, planCost } from "./cost-plan.ts";
import { LimitError } from "./faults.ts";
import { fragmentsOf, type Measure, measureDocument } from "./measure.ts";
import { parseDocument } from "./parse-document.ts";
import { countRepeats } from "./repeats.ts";
import { validateDocument } from "./validation-rules.ts";

/** A document that is valid and within the limits, as far as that can be said without variables. */
export interface CompiledDocument {
  readonly document: DocumentNode;
  readonly measures: ReadonlyMap<OperationDefinitionNode, Measure>;
  readonly costs: CostPlan;
  readonly canonical: (operation: OperationDefinitionNode) => Canonical;
}

export interface Canonical {
  readonly normalised: string;
  readonly hash: string;
  readonly rootFields: readonly string[];
}

/**
 * Reads a text in the order of what it can cost: tokens while it is parsed, then the limits in one linear pass, and only
 * then the rules of the specification, some of which take longer than linear time.
 */
export function compileDocument(
  text: string,
  schema: GraphQLSchema | undefined,
  limits: GraphqlLimits,
): CompiledDocument | { readonly faults: readonly GraphqlFault[] } {
  const parsed = parseDocument(text, limits);
  if ("fault" in parsed) return { faults: [parsed.fault] };
  const { document } = parsed;
  try {
    const { operations } = measureDocument(document, limits);
    const fragments = fragmentsOf(document);
    const roots = [...operations.keys(), ...fragments.values()];
    countRepeats(
      roots.map(({ selectionSet }) => selectionSet),
      fragments,
    );
    const faults = validateDocument(document, schema);
    if (faults.length > 0) return { faults };
    return {
      document,
      measures: operations,
      costs: planCost(schema, operations.keys(), fragments),
      canonical: canonicalOf(fragments),
    };
  } catch (thrown) {
    if (thrown instanceof LimitError) return { faults: [thrown.fault] };
    if (!(thrown instanceof RangeError)) throw thrown;
    const message = "The document is nested too deeply.";
    return { faults: [{ kind: "limit", rule: "nesting", message, locations: [] }] };
  }
}

/** Made for an operation when it is first asked for. */
function canonicalOf(fragments: ReadonlyMap<string, FragmentDefinitionNode>): CompiledDocument["canonical"] {
  const made = new Map<OperationDefinitionNode, Canonical>();
  return (operation) => {
    const known = made.get(operation);
    if (known !== undefined) return known;
    const reached = reach(operation, fragments);
    const used = [...reached].toSorted().flatMap((name) => fragments.get(name) ?? []);
    const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...used] };
    const normalised = stripIgnoredCharacters(print(document));
    const canonical = {
      normalised,
      hash: hash("sha256", normalised, "hex"),
      rootFields: rootFieldsOf(operation, fragments),
    };
    made.set(operation, canonical);
    return canonical;
  };
}

/** The names of the fragments that an operation spreads, or that those spread. */
function reach(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting: (OperationDefinitionNode | FragmentDefinitionNode)[] = [operation];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    visit(next, {
      FragmentSpread({ name: { value } }) {
        const fragment = fragments.get(value);
        if (reached.has(value) || fragment === undefined) return;
        reached.add(value);
        waiting.push(fragment);
      },
    });
  }
  return reached;
}

function rootFieldsOf(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): readonly string[] {
  const names = new Set<string>();
  const seen = new Set<string>();
  const waiting = [operation.selectionSet];
  for (let set = waiting.pop(); set !== undefined; set = waiting.pop()) {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) names.add(selection.name.value);
      else if (selection.kind === Kind.INLINE_FRAGMENT) waiting.push(selection.selectionSet);
      else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment !== undefined) waiting.push(fragment.selectionSet);
      }
    }
  }
  return [...names];
}
