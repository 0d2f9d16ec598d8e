import {
  buildASTSchema,
  buildClientSchema,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  type IntrospectionQuery,
  Kind,
  parse,
  specifiedDirectives,
  validateSchema,
  visit,
} from "graphql";
import { isJsonObject, type Json, parseJson } from "../../kernel/json.ts";

/** What the gateway itself reads of a schema, where the schema does not define it. */
const ownDirectives = parse(`
  directive @cost(weight: String!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | OBJECT | SCALAR | INTERFACE | UNION | INPUT_FIELD_DEFINITION
  directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
`);

/**
 * A schema of SDL text or of the JSON that answers an introspection query (with or without `data` around it).
 * Directives that the text uses and does not define are left out: they are meant for other readers.
 */
export function readSchema(
  text: string,
): { readonly schema: GraphQLSchema } | { readonly problems: readonly string[] } {
  try {
    const schema = text.trimStart().startsWith("{") ? ofIntrospection(parseJson(text)) : ofSdl(text);
    const errors = validateSchema(schema);
    return errors.length === 0 ? { schema } : { problems: errors.map(problemOf) };
  } catch (thrown) {
    return { problems: [thrown instanceof Error ? problemOf(thrown) : String(thrown)] };
  }
}

function problemOf(error: Error): string {
  const at = error instanceof GraphQLError ? error.locations?.[0] : undefined;
  const message = error.message.replace(/ Did you mean .*/s, "");
  return at === undefined ? message : `${at.line}:${at.column}: ${message}`;
}

const ofSdl = (text: string): GraphQLSchema => buildASTSchema(withKnownDirectives(parse(text)));

function withKnownDirectives(document: DocumentNode): DocumentNode {
  const defined = new Set(specifiedDirectives.map(({ name }) => name));
  for (const definition of document.definitions) {
    if (definition.kind === Kind.DIRECTIVE_DEFINITION) defined.add(definition.name.value);
  }
  const added = ownDirectives.definitions.filter(
    (definition) => definition.kind === Kind.DIRECTIVE_DEFINITION && !defined.has(definition.name.value),
  );
  for (const name of ["cost", "listSize"]) defined.add(name);
  const known: DocumentNode = visit(document, {
    Directive: (directive) => (defined.has(directive.name.value) ? undefined : null),
  });
  return { ...known, definitions: [...known.definitions, ...added] };
}

function ofIntrospection(json: Json | undefined): GraphQLSchema {
  const answer = isJsonObject(json) && isJsonObject(json["data"]) ? json["data"] : json;
  if (!isIntrospection(answer)) throw new Error("this JSON is not the answer to an introspection query");
  return buildClientSchema(answer);
}

/** Its details are checked by the library, which names what it misses. */
function isIntrospection(value: unknown): value is IntrospectionQuery {
  return (
    typeof value === "object" && value !== null && "__schema" in value && typeof value.__schema === "object"
  );
}
