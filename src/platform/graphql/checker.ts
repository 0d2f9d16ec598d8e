import { type GraphQLSchema, getVariableValues, type OperationDefinitionNode } from "graphql";
import { createLru } from "../../kernel/lru.ts";
import type {
  GraphqlAsk,
  GraphqlChecked,
  GraphqlChecker,
  GraphqlFault,
  GraphqlLimits,
} from "../../ports/graphql.ts";
import { type CompiledDocument, compileDocument } from "./compile-document.ts";
import { costOf } from "./cost.ts";
import { faultOf, LimitError } from "./faults.ts";
import type { Measure } from "./measure.ts";

/** What a document takes in memory for each of its characters, by measurement: mostly its tree, with locations. */
const bytesPerCharacter = 60;
const bytesPerDocument = 2000;
/** The library prints the whole object for each: 8,000 unknown members took 74 ms when it was done 20 times. */
const variableErrorsMax = 5;

/** Refused texts have a memory of their own, so that those who send junk cannot drive out the documents of others. */
export function createChecker(
  schema: GraphQLSchema | undefined,
  limits: GraphqlLimits,
  cacheBytesMax: number,
): GraphqlChecker {
  const taken = createLru<CompiledDocument>(cacheBytesMax * 0.9);
  const refused = createLru<readonly GraphqlFault[]>(cacheBytesMax * 0.1);

  function compiled(text: string): CompiledDocument | { readonly faults: readonly GraphqlFault[] } {
    const known = taken.get(text);
    if (known !== undefined) return known;
    const faults = refused.get(text);
    if (faults !== undefined) return { faults };
    const made = compileDocument(text, schema, limits);
    if ("faults" in made) refused.set(text, made.faults, bytesPerDocument + 2 * text.length);
    else taken.set(text, made, bytesPerDocument + bytesPerCharacter * text.length);
    return made;
  }

  function check(text: string, ask: GraphqlAsk): GraphqlChecked {
    const document = compiled(text);
    if ("faults" in document) return { kind: "refused", faults: document.faults };
    const chosen = chooseOperation(document, ask.operationName);
    if ("faults" in chosen) return { kind: "refused", faults: chosen.faults };
    const { operation, measure } = chosen;
    const { introspects, depth } = measure;
    const known = {
      type: operation.operation,
      name: operation.name?.value,
      ...document.canonical(operation),
    };
    if (introspects && !ask.mayIntrospect) {
      return {
        ...refusal("validation", "introspection", "Introspection is not allowed."),
        operation: known,
      };
    }
    const faults = variableFaults(schema, operation, ask);
    if (faults.length > 0) return { kind: "refused", faults, operation: known };
    const cost = costOf(document.costs, operation, {
      variables: ask.variables ?? {},
      listSize: limits.listSize,
    });
    if (cost > limits.cost) {
      const message = `The operation costs ${cost}; at most ${limits.cost} is taken.`;
      return { ...refusal("limit", "cost", message), operation: known };
    }
    const facts = { cost, depth, introspects, document: document.document };
    return { kind: "operation", operation: { ...known, ...facts } };
  }

  return {
    check(text, ask) {
      try {
        return check(text, ask);
      } catch (thrown) {
        if (thrown instanceof LimitError) return { kind: "refused", faults: [thrown.fault] };
        throw thrown;
      }
    },
    cached: () => ({
      documents: taken.size().entries,
      bytes: taken.size().bytes + refused.size().bytes,
    }),
  };
}

function refusal(
  kind: GraphqlFault["kind"],
  rule: string,
  message: string,
): GraphqlChecked & { kind: "refused" } {
  return { kind: "refused", faults: [{ kind, rule, message, locations: [] }] };
}

function chooseOperation(
  { measures }: CompiledDocument,
  name: string | undefined,
):
  | { readonly operation: OperationDefinitionNode; readonly measure: Measure }
  | { readonly faults: readonly GraphqlFault[] } {
  const operations = [...measures];
  const named = name === undefined ? operations : operations.filter(([found]) => found.name?.value === name);
  const [first] = named;
  if (first !== undefined && named.length === 1) return { operation: first[0], measure: first[1] };
  if (name !== undefined)
    return refusal("operation", "operation-name", "There is no operation of this name.");
  const message =
    first === undefined ? "The document has no operation." : "The document has several operations: name one.";
  return refusal("operation", "operation-name", message);
}

function variableFaults(
  schema: GraphQLSchema | undefined,
  { variableDefinitions = [] }: OperationDefinitionNode,
  { variables = {} }: GraphqlAsk,
): readonly GraphqlFault[] {
  if (schema === undefined || variableDefinitions.length === 0) return [];
  const { errors = [] } = getVariableValues(schema, variableDefinitions, variables, {
    hideSuggestions: true,
    maxErrors: variableErrorsMax,
  });
  return errors.map((error) => faultOf(error, "variables", "variables"));
}
