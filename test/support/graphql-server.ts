import { hash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import {
  buildSchema,
  type ExecutionResult,
  execute,
  Kind,
  OperationTypeNode,
  parse,
  subscribe,
} from "graphql";
import { type WebSocket, WebSocketServer } from "ws";
import { GatewayError } from "../../src/kernel/errors.ts";
import { createGraphqlEngine } from "../../src/platform/graphql/index.ts";
import { graphqlLimits } from "../../src/ports/graphql.ts";
import * as graphql from "../../src/protocols/graphql/index.ts";

const sdl = `
  type Query { hello: String }
  type Mutation { set: String }
  type Subscription { count(to: Int!): Int }
`;
const rootValue = {
  hello: "world",
  set: "done",
  async *count({ to }: { readonly to: number }) {
    for (let count = 1; count <= to; count += 1) yield { count };
  },
};

/** A GraphQL server of the pieces of the gateway, with limits on, and the reference executor behind them. */
export async function startGraphqlServer(): Promise<{ readonly url: string; readonly close: () => void }> {
  const engine = createGraphqlEngine();
  const read = engine.schemaOf(sdl);
  if (read.kind !== "schema") throw new Error(read.problems.join());
  const checker = engine.checkerOf({ schema: read.schema, limits: graphqlLimits });
  const sha256 = (text: string) => hash("sha256", text, "hex");
  const documents = graphql.createDocumentStore({ mode: "off", documents: new Map() }, sha256);
  const schema = buildSchema(sdl);

  async function* run(params: graphql.GraphqlParams, text: string): AsyncGenerator<string> {
    const ask = { schema, rootValue, document: parse(text), operationName: params.operationName ?? null };
    const args = { ...ask, variableValues: params.variables ?? null };
    const isStream = ask.document.definitions.some(
      (one) => one.kind === Kind.OPERATION_DEFINITION && one.operation === OperationTypeNode.SUBSCRIPTION,
    );
    const result: ExecutionResult | AsyncIterable<ExecutionResult> = isStream
      ? await subscribe(args)
      : await execute(args);
    if (!(Symbol.asyncIterator in result)) yield JSON.stringify(result);
    else for await (const part of result) yield JSON.stringify(part);
  }

  async function answer(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const accept = graphql.readAccept(request.headers.accept);
    const media = accept?.whole ?? "application/json";
    const send = ({ status, body }: graphql.GraphqlAnswer): void => {
      reply.writeHead(status, { "content-type": graphql.contentTypeOf(media) }).end(body);
    };
    try {
      if (accept === undefined) throw new GatewayError("not_acceptable", "accept");
      const [, query = ""] = (request.url ?? "").split("?");
      const method = request.method ?? "";
      const contentType = request.headers["content-type"];
      const body = Buffer.concat(await request.toArray());
      const { items } = graphql.readGraphqlRequest(
        { method, query, contentType, body },
        graphql.graphqlRequestSettings,
      );
      const [params = {}] = items;
      const found = documents.resolve(params);
      if (found.kind === "unknown") return send(graphql.encodeUnknownDocument("r"));
      const checked = checker.check(found.text, { ...params, mayIntrospect: true });
      if (checked.kind === "refused") return send(graphql.encodeFaults(checked.faults, media, "r"));
      graphql.refuseByGet(method, checked.operation.type);
      if (!accept.hasEvents) {
        for await (const text of run(params, found.text))
          send(graphql.encodeResult(graphql.readResponse(text), media));
        return;
      }
      reply.writeHead(200, { "content-type": "text/event-stream" });
      for await (const text of run(params, found.text)) reply.write(graphql.writeNext(text));
      reply.end(graphql.writeComplete());
    } catch (thrown) {
      send(graphql.encodeRefusal(GatewayError.from(thrown), "r"));
    }
  }

  function serve(socket: WebSocket): void {
    let state = graphql.newSocket;
    const timers = new Map<string, NodeJS.Timeout>();
    const running = new Set<number>();
    const take = (event: graphql.SocketEvent): void => {
      const step = graphql.stepSocket(state, event, graphql.socketSettings);
      state = step.state;
      for (const effect of step.effects) act(effect);
    };
    const act = (effect: graphql.SocketEffect): void => {
      switch (effect.kind) {
        case "send":
          return socket.send(effect.text);
        case "close":
          return socket.close(effect.code, effect.reason);
        case "ask":
          return take({ kind: "admit" });
        case "stop":
          running.delete(effect.number);
          return;
        case "timer":
          clearTimeout(timers.get(effect.timer));
          timers.set(
            effect.timer,
            setTimeout(() => take({ kind: "timer", timer: effect.timer }), effect.ms).unref(),
          );
          return;
        case "start":
          running.add(effect.number);
          void begin(effect.number, effect.params);
      }
    };
    const begin = async (number: number, params: graphql.GraphqlParams): Promise<void> => {
      const text = params.query ?? "";
      const checked = checker.check(text, { ...params, mayIntrospect: false });
      if (checked.kind === "refused") {
        const { errors } = JSON.parse(graphql.encodeFaults(checked.faults, "application/json", "r").body);
        return take({ kind: "error", number, errors: JSON.stringify(errors) });
      }
      for await (const result of run(params, text)) {
        if (!running.has(number)) return;
        take({ kind: "next", number, result });
      }
      take({ kind: "complete", number });
    };
    socket.on("message", (data, isBinary) =>
      take(isBinary ? { kind: "binary" } : { kind: "message", text: Buffer.from(data as Buffer).toString() }),
    );
    socket.on("close", () => {
      take({ kind: "gone" });
      for (const timer of timers.values()) clearTimeout(timer);
    });
    take({ kind: "open", isSpoken: socket.protocol === graphql.transportProtocol });
  }

  const server = createServer((request, reply) => void answer(request, reply));
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", serve);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    close: () => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      server.close();
    },
  };
}
