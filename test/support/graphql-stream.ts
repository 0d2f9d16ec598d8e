import type { IncomingMessage, ServerResponse } from "node:http";
import { type NodeOrigin, nodeOrigin } from "./rest-gateway.ts";

/** One operation as it came to the service. */
export interface StreamedOperation {
  readonly request: IncomingMessage;
  readonly body: { readonly query: string };
  /** Says one result of a subscription. */
  readonly next: (data: unknown) => void;
  readonly complete: () => void;
  readonly response: ServerResponse;
  /** The gateway has let it go. */
  readonly closed: Promise<void>;
}

/** A service of GraphQL whose subscriptions say what the test wants when it wants; queries are answered `{"data":{"a":1}}`. */
export interface GraphqlStream extends AsyncDisposable {
  readonly url: string;
  readonly origin: NodeOrigin;
  readonly operations: readonly StreamedOperation[];
  /** The operation of this ordinal, from 0. */
  readonly operation: (ordinal: number) => Promise<StreamedOperation>;
}

export async function graphqlStream(): Promise<GraphqlStream> {
  const operations: StreamedOperation[] = [];
  let awaited: (() => void)[] = [];
  const origin = await nodeOrigin((request, response) => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    response.once("close", resolve);
    void request.toArray().then((pieces: Uint8Array[]) => {
      const body = JSON.parse(Buffer.concat(pieces).toString());
      if (String(body.query).startsWith("subscription"))
        response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      else response.writeHead(200, { "content-type": "application/json" }).end('{"data":{"a":1}}');
      operations.push({
        request,
        body,
        next: (data) => response.write(`event: next\ndata: ${JSON.stringify({ data })}\n\n`),
        complete: () => response.end("event: complete\ndata:\n\n"),
        response,
        closed,
      });
      const told = awaited;
      awaited = [];
      for (const tell of told) tell();
    });
  });
  return {
    url: origin.url,
    origin,
    operations,
    operation: async (ordinal) => {
      for (;;) {
        const found = operations[ordinal];
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => awaited.push(resolve));
      }
    },
    [Symbol.asyncDispose]: () => origin[Symbol.asyncDispose](),
  };
}
