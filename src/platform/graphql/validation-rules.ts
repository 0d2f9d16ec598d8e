import {
  buildSchema,
  type DocumentNode,
  ExecutableDefinitionsRule,
  type GraphQLError,
  type GraphQLSchema,
  KnownFragmentNamesRule,
  LoneAnonymousOperationRule,
  MaxIntrospectionDepthRule,
  NoFragmentCyclesRule,
  NoUndefinedVariablesRule,
  NoUnusedFragmentsRule,
  specifiedRules,
  UniqueArgumentNamesRule,
  UniqueFragmentNamesRule,
  UniqueInputFieldNamesRule,
  UniqueOperationNamesRule,
  UniqueVariableNamesRule,
  type ValidationContext,
  type ValidationRule,
  validate,
} from "graphql";
import type { GraphqlFault } from "../../ports/graphql.ts";
import { faultOf } from "./faults.ts";

/** The rules that need no schema: they hold for every upstream. */
const schemaFreeRules: readonly ValidationRule[] = [
  ExecutableDefinitionsRule,
  UniqueOperationNamesRule,
  LoneAnonymousOperationRule,
  UniqueFragmentNamesRule,
  KnownFragmentNamesRule,
  NoUnusedFragmentsRule,
  NoFragmentCyclesRule,
  MaxIntrospectionDepthRule,
  UniqueVariableNamesRule,
  NoUndefinedVariablesRule,
  UniqueArgumentNamesRule,
  UniqueInputFieldNamesRule,
];
const noSchema = buildSchema("type Query { none: Int }");

/** No document needs more to be repaired, and each costs time. */
const errorsMax = 20;

/** The faults of a document by the rules of the GraphQL specification, with the name of the rule that found each. */
export function validateDocument(
  document: DocumentNode,
  schema: GraphQLSchema | undefined,
): readonly GraphqlFault[] {
  const foundBy = new Map<GraphQLError, string>();
  const rules = (schema === undefined ? schemaFreeRules : specifiedRules).map((rule) => named(rule, foundBy));
  const errors = validate(schema ?? noSchema, document, rules, {
    hideSuggestions: true,
    maxErrors: errorsMax,
  });
  return errors.map((error) => faultOf(error, "validation", foundBy.get(error) ?? "too-many-errors"));
}

/** The rule, noting each error that it reports as its own. */
function named(rule: ValidationRule, foundBy: Map<GraphQLError, string>): ValidationRule {
  const name = kebab(rule.name.replace(/Rule$/, ""));
  return (context) => {
    const own: ValidationContext = Object.create(context);
    const note = (error: GraphQLError): void => {
      foundBy.set(error, name);
      context.reportError(error);
    };
    own.reportError = note;
    return rule(own);
  };
}

const kebab = (name: string): string => name.replaceAll(/(?<=[a-z])[A-Z]/g, "-$&").toLowerCase();
