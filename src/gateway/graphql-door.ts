import { GatewayError } from "../kernel/errors.ts";
import { utf8Length } from "../kernel/utf8.ts";
import { failureError } from "../pipeline/failure-error.ts";
import { sinceArrival } from "../pipeline/trail.ts";
import {
  contentTypeOf,
  encodeBatch,
  encodeRefusal,
  encodeResult,
  type GraphqlAccept,
  type GraphqlAnswer,
  type GraphqlMediaType,
  type GraphqlParams,
  type GraphqlResponse,
  readAccept,
  readGraphqlRequest,
  refuseByGet,
  refuseForgeable,
} from "../protocols/graphql/index.ts";
import { answerEvents } from "./graphql-events.ts";
import { prepareOperation } from "./graphql-prepare.ts";
import { createRunner, type GraphqlRunner } from "./graphql-run.ts";
import type { GraphqlDoorPorts, GraphqlServing } from "./graphql-serving.ts";
import { serveSocket } from "./graphql-sockets.ts";

/**
 * Doors 8 and 9 of GraphQL: one POST or GET, checked before anybody is asked, answered whole or by events.
 * @throws GatewayError while nothing has gone to the client.
 */
export async function serveGraphql(serving: GraphqlServing, ports: GraphqlDoorPorts): Promise<void> {
  const { identified, inbound, trail, route } = serving;
  const { header } = inbound;
  const { method } = identified;
  if (inbound.upgrade?.protocol === "websocket") return serveSocket(serving, ports);
  const accept = readAccept(header("accept"));
  if (accept === undefined) throw new GatewayError("not_acceptable", "no type of GraphQL");
  const contentType = header("content-type");
  refuseForgeable({
    method,
    contentType,
    hasCookie: header("cookie") !== undefined,
    csrf: header("x-sallyport-csrf"),
  });
  const body = method === "POST" ? await inbound.readBody(route.bodyBytesMax) : new Uint8Array();
  trail.bytesIn = body.byteLength;
  const { isBatch, items } = readGraphqlRequest(
    { method, query: identified.query, contentType, body },
    { batchMax: route.settings.batchingMax, variablesBytesMax: route.variablesBytesMax },
  );
  const media = accept.whole ?? "application/json";
  const gone = new AbortController();
  const leaveWaiting = ports.waiting.join((failure) => gone.abort(failureError(failure)));
  const own: GraphqlDoorPorts = {
    ...ports,
    settle: (of, ending) => {
      leaveWaiting();
      ports.settle(of, ending);
    },
  };
  inbound.reply.onGone(() => {
    gone.abort();
    own.settle(trail, { outcome: "aborted" });
  });
  const runner = createRunner(serving, {
    ...own,
    trail,
    signal: gone.signal,
    stands: () => ports.stands(trail),
  });
  try {
    if (isBatch) return await answerBatch(serving, own, { items, media, runner });
    const [params = {}] = items;
    return await answerOne(serving, own, { params, accept, runner, giveUp: () => gone.abort() });
  } catch (thrown) {
    leaveWaiting();
    throw thrown;
  }
}

async function answerOne(
  serving: GraphqlServing,
  ports: GraphqlDoorPorts,
  {
    params,
    accept,
    runner,
    giveUp,
  }: {
    readonly params: GraphqlParams;
    readonly accept: GraphqlAccept;
    readonly runner: GraphqlRunner;
    readonly giveUp: () => void;
  },
): Promise<void> {
  const media = accept.whole ?? "application/json";
  const prepared = prepareOperation(serving, params, media);
  if (prepared.kind === "answer") return answerWhole(serving, ports, { ...prepared, media });
  const { runnable } = prepared;
  const { type, cost } = runnable.operation;
  refuseByGet(serving.identified.method, type);
  serving.trail.stages.record("decode", "read", `a ${type} of cost ${cost}`);
  const isStream = type === "subscription";
  if (!accept.hasEvents && isStream)
    throw new GatewayError("not_acceptable", "a subscription without events", {
      message: "A subscription is answered as `text/event-stream`, or on a WebSocket.",
    });
  if (isStream)
    return answerEvents(serving, ports, { results: runner.stream(runnable), giveUp, lasts: true });
  if (accept.whole === undefined)
    return answerEvents(serving, ports, { results: only(() => runner.once(runnable)), giveUp, lasts: false });
  answerWhole(serving, ports, { answer: encodeResult(await runner.once(runnable), media), media });
}

/** What an answer looks like is chosen by the client's `Accept`. */
const vary = ["vary", "accept"];

async function* only(result: () => Promise<GraphqlResponse>): AsyncGenerator<GraphqlResponse, void> {
  yield await result();
}

async function answerBatch(
  serving: GraphqlServing,
  ports: GraphqlDoorPorts,
  {
    items,
    media,
    runner,
  }: {
    readonly items: readonly GraphqlParams[];
    readonly media: GraphqlMediaType;
    readonly runner: GraphqlRunner;
  },
): Promise<void> {
  const run = async (params: GraphqlParams): Promise<GraphqlAnswer> => {
    try {
      const prepared = prepareOperation(serving, params, media);
      if (prepared.kind === "answer") return prepared.answer;
      if (prepared.runnable.operation.type === "subscription")
        throw new GatewayError("malformed_request", "a subscription in a batch", {
          message: "A subscription cannot be part of a batch.",
        });
      return encodeResult(await runner.once(prepared.runnable), media);
    } catch (thrown) {
      return encodeRefusal(GatewayError.from(thrown), serving.trail.id);
    }
  };
  const answers: GraphqlAnswer[] = [];
  // One after the other: a batch asks for no more at a time than a single request does.
  for (const item of items) answers.push(await run(item));
  answerWhole(serving, ports, { answer: encodeBatch(answers), media });
}

function answerWhole(
  { inbound: { reply }, trail }: GraphqlServing,
  { clock, commonHeaders, settle }: GraphqlDoorPorts,
  {
    answer: { status, body },
    why,
    reason,
    media,
  }: {
    readonly answer: GraphqlAnswer;
    readonly why?: string;
    readonly reason?: string;
    readonly media: GraphqlMediaType;
  },
): void {
  if (trail.isSettled) return;
  const headers = [...commonHeaders(trail), ...vary, "content-type", contentTypeOf(media)];
  const down = why === undefined ? (trail.onAnswer?.(status, headers) ?? headers) : headers;
  trail.status = status;
  trail.firstByteMs = sinceArrival(trail, clock.monotonic());
  trail.bytesOut = utf8Length(body);
  trail.stages.record("encode", why === undefined ? "answer" : "refuse", why ?? "a GraphQL response");
  reply.onSent(() =>
    settle(
      trail,
      why === undefined
        ? { outcome: "completed" }
        : {
            outcome: "refused",
            error: new GatewayError("malformed_request", why, reason === undefined ? {} : { reason }),
          },
    ),
  );
  reply.whole(status, down, body);
}
