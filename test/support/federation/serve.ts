import { createServer, type Server } from "node:http";
import {
  buildASTSchema,
  execute,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  type GraphQLTypeResolver,
  parse,
  print,
  subscribe,
  validate,
} from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";
import type { Fields, Resolvers, Side } from "./resolvers.ts";

const federationSdl = `
  scalar _Any
  scalar FieldSet
  type _Service { sdl: String! }
  directive @key(fields: FieldSet!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE
  directive @requires(fields: FieldSet!) on FIELD_DEFINITION
  directive @provides(fields: FieldSet!) on FIELD_DEFINITION
  directive @external on OBJECT | FIELD_DEFINITION
  directive @tag(name: String!) repeatable on FIELD_DEFINITION | OBJECT
  directive @shareable repeatable on FIELD_DEFINITION | OBJECT
  directive @inaccessible on FIELD_DEFINITION | OBJECT
  directive @override(from: String!, label: String) on FIELD_DEFINITION
  directive @interfaceObject on OBJECT
  directive @link(url: String, import: [String]) repeatable on SCHEMA`;

export type Operation = {
  readonly query: string;
  readonly variables?: Fields;
  readonly operationName?: string;
};

export interface Runnable {
  readonly schema: GraphQLSchema;
  readonly run: (operation: Operation) => ReturnType<typeof execute>;
  readonly stream: (operation: Operation) => ReturnType<typeof subscribe>;
}

/** A schema of graphql-js with resolvers from a table; it refuses whatever is not valid for it, as a subgraph does. */
export function runnable(schema: GraphQLSchema, resolvers: Resolvers): Runnable {
  const fieldResolver: GraphQLFieldResolver<Fields, unknown> = (parent, args, context, info) => {
    const resolve = resolvers[info.parentType.name]?.[info.fieldName];
    return resolve === undefined ? parent?.[info.fieldName] : resolve(parent, args, context);
  };
  /** Of one event: the field of the root is in it already. */
  const eventResolver: GraphQLFieldResolver<Fields, unknown> = (parent, args, context, info) =>
    info.parentType.name === "Subscription"
      ? parent[info.fieldName]
      : fieldResolver(parent, args, context, info);
  const typeResolver: GraphQLTypeResolver<Fields, unknown> = (value) => String(value["__typename"]);
  const ask = ({ query, variables, operationName }: Operation) => {
    const document = parse(query);
    const errors = validate(schema, document);
    const rest = { variableValues: { ...variables }, operationName: operationName ?? null };
    return { errors, args: { schema, document, rootValue: {}, ...rest, fieldResolver, typeResolver } };
  };
  return {
    schema,
    run: (operation) => {
      const { errors, args } = ask(operation);
      return errors.length > 0 ? { errors } : execute(args);
    },
    stream: async (operation) => {
      const { errors, args } = ask(operation);
      return errors.length > 0
        ? { errors }
        : subscribe({ ...args, fieldResolver: eventResolver, subscribeFieldResolver: fieldResolver });
    },
  };
}

/** A subgraph: its own SDL and what every subgraph has, `_service` and `_entities`. */
export function subgraphOf(sdl: string, { resolvers, references }: Side): Runnable {
  const entities = Object.keys(references).filter((name) => !new RegExp(`interface ${name} `).test(sdl));
  // The first federation extends what it does not own.
  const own = sdl.replace(/^extend schema @link\([^)]*\)/, "").replaceAll("extend type", "type");
  const root = own.includes("type Query") ? "extend type Query" : "type Query";
  const ofEntities =
    entities.length === 0
      ? ""
      : `union _Entity = ${entities.join(" | ")} extend type Query { _entities(representations: [_Any!]!): [_Entity]! }`;
  const schema = buildASTSchema(
    parse(`${own} ${federationSdl} ${root} { _service: _Service! } ${ofEntities}`),
    { assumeValidSDL: true },
  );
  return runnable(schema, {
    ...resolvers,
    Query: {
      ...resolvers["Query"],
      _service: () => ({ sdl }),
      _entities: (_, { representations }) =>
        representationsOf(representations).map((one) => entityOf(references, one)),
    },
  });
}

function representationsOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value : [];
}

function entityOf(references: Side["references"], representation: Fields): unknown {
  const name = String(representation["__typename"]);
  const found = references[name]?.(representation);
  if (found === undefined || found === null) return null;
  return { __typename: name, ...Object(found) };
}

export interface Served {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** POST `application/json`; a subscription answers by SSE, "distinct connections", or on a socket of graphql-ws at `/sockets`. */
export async function serveGraphql(
  { schema, run, stream }: Runnable,
  seen: (operation: Operation, by: "http" | "socket") => void,
): Promise<Served> {
  const server: Server = createServer((request, response) => {
    void (async () => {
      let text = "";
      for await (const chunk of request) text += String(chunk);
      const operation: Operation = JSON.parse(text);
      seen(operation, "http");
      if (!/^\s*subscription/.test(operation.query)) {
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify(await run(operation)));
        return;
      }
      response.setHeader("content-type", "text/event-stream");
      const results = await stream(operation);
      if (Symbol.asyncIterator in results) {
        for await (const result of results)
          response.write(`event: next\ndata: ${JSON.stringify(result)}\n\n`);
      } else response.write(`event: next\ndata: ${JSON.stringify(results)}\n\n`);
      response.end("event: complete\ndata:\n\n");
    })();
  });
  const sockets = new WebSocketServer({ server, path: "/sockets" });
  // The library's own copy of graphql-js is another one: all that looks at a schema is done here.
  useServer(
    {
      onSubscribe: (_, __, { query }) => ({ schema, document: parse(query) }),
      subscribe: ({ document }) => {
        const operation = { query: print(document) };
        seen(operation, "socket");
        return stream(operation);
      },
    },
    sockets,
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.clients) socket.terminate();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
