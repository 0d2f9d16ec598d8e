import { closedLoop, closedStreams, type HttpAsk } from "../http-load.ts";
import { chatCompletion } from "../payload.ts";
import type { Processes } from "../processes.ts";
import type { SystemUnderTest } from "../system-under-test.ts";
import {
  bulkBytes,
  federatedAnswer,
  federatedAsk,
  getAsk,
  graphAnswer,
  graphAsk,
  grpcAsk,
  grpcBytes,
  postAsk,
  streamMessages,
  uploadAsk,
} from "./asks.ts";
import type { Subject } from "./result.ts";
import { runSockets } from "./sockets.ts";
import type { Stand } from "./stand.ts";

/** What a run of a load has found. */
export interface Load {
  /** In the unit of its row. */
  readonly count: number;
  readonly perSecond: number;
  readonly failed: number;
}

export interface LoadRun {
  readonly processes: Processes;
  readonly seconds: number;
  readonly folder: string;
}

/** Systems that do the same for the same clients. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly load: (system: SystemUnderTest, run: LoadRun) => Promise<Load>;
  /** nginx first, where it stands beside ours. */
  readonly subjects: readonly (readonly [Subject, SystemUnderTest])[];
  /** One request whose answer must be this, before anything is measured; absent: the load itself looks. */
  readonly proof?: { readonly ask: HttpAsk; readonly answer: string };
}

const byWrk =
  (ask: HttpAsk, connections: number): Row["load"] =>
  async (system, { processes, seconds, folder }) => {
    const { requests, requestsPerSecond, failed } = await closedLoop(processes, system, {
      ...{ connections, seconds, folder, ask },
    });
    return { count: requests, perSecond: requestsPerSecond, failed };
  };

const byStreams =
  (
    ask: HttpAsk,
    run: { readonly streams: number; readonly answerBytes: number; readonly units: number },
  ): Row["load"] =>
  async (system, { processes, seconds, folder }) => {
    const { requests, requestsPerSecond, failed } = await closedStreams(processes, system, {
      ...{ connections: 4, until: { seconds }, folder, ask },
      ...run,
    });
    return { count: requests * run.units, perSecond: requestsPerSecond * run.units, failed };
  };

const bySockets =
  (mode: "closed" | "opening", sockets: number): Row["load"] =>
  async (system, { processes, seconds }) => {
    const {
      count,
      seconds: took,
      failed,
    } = await runSockets(processes, system, {
      ...{ mode, sockets, seconds, ratePerSecond: 0 },
    });
    return { count, perSecond: count / took, failed };
  };

/** The same system, asked for another path. */
const at = (system: SystemUnderTest, target: string): SystemUnderTest => ({ ...system, target });

/** What one request of each row is, by the name of the row. */
export const meanings: Readonly<Record<string, string>> = {
  "rest GET": "small JSON asked for over HTTP/1.1",
  "rest POST": "small JSON sent and answered over HTTP/1.1",
  "rest h2c": "the same over HTTP/2, and by HTTP/1.1 to the service",
  "rest download": "an answer of 10 MiB over HTTP/1.1",
  "rest upload": "a body of 10 MiB over HTTP/1.1",
  graphql: "a query of nine fields to one service, held against its schema and all limits",
  "graphql federation": "a query over two subgraphs, the second asked for an entity of the first",
  "grpc unary": "a call with one small message up and one of 32 bytes down",
  "grpc stream": `a message of a stream of ${streamMessages}, 32 bytes each, a DATA frame each`,
  "websocket echo": "a message of 32 bytes there and back, over 64 sockets",
  "websocket opening": "a handshake, then the end",
};

/** All rows; the order is that of the page. */
export function rowsOf({ sallyport, nginx, bare }: Stand): readonly Row[] {
  const rest = (name: string, ask: HttpAsk): Row => ({
    name,
    unit: "request",
    load: byWrk(ask, 32),
    subjects: [
      ["nginx", at(nginx.plain, "/rest/orders/1")],
      ["sallyport", at(sallyport, "/rest/orders/1")],
      ["sallyport-open", at({ ...sallyport, headers: {} }, "/open/rest/orders/1")],
      ["bare", at(bare.http1, "/rest/orders/1")],
    ],
    proof: { ask, answer: chatCompletion },
  });
  const bulk = (name: string, ask: HttpAsk, target: string): Row => ({
    ...{ name, unit: "10 MiB" },
    // Few and long: a body is to be whole within a run even on a busy machine.
    load: (system, run) => byWrk(ask, 2)(system, { ...run, seconds: run.seconds + 1 }),
    subjects: [
      ["nginx", at(nginx.bulk, target)],
      ["sallyport", at(sallyport, target)],
    ],
  });
  const calls = (name: string, count: number, unit: string): Row => ({
    ...{ name, unit },
    load: byStreams(grpcAsk(count), {
      ...{ streams: count === 1 ? 8 : 1, answerBytes: grpcBytes(count), units: count },
    }),
    subjects: [
      ["nginx", at(nginx.calls, "/bench.Echo/Say")],
      ["sallyport", at(sallyport, "/bench.Echo/Say")],
      ["sallyport-open", at({ ...sallyport, headers: {} }, "/open.Echo/Say")],
      ["bare", at(bare.http2, "/bench.Echo/Say")],
    ],
  });
  return [
    rest("rest GET", getAsk),
    rest("rest POST", postAsk),
    {
      name: "rest h2c",
      unit: "request",
      load: byStreams(postAsk, { streams: 8, answerBytes: chatCompletion.length, units: 1 }),
      subjects: [
        ["nginx", at(nginx.http2, "/rest/orders/1")],
        ["sallyport", at(sallyport, "/rest/orders/1")],
        ["bare", at(bare.http1, "/rest/orders/1")],
      ],
    },
    bulk("rest download", getAsk, `/bulk/bytes-${bulkBytes}`),
    bulk("rest upload", uploadAsk, "/bulk/sink"),
    {
      name: "graphql",
      unit: "request",
      load: byWrk(graphAsk, 32),
      subjects: [
        ["nginx", at(nginx.plain, "/graphql")],
        ["sallyport", at(sallyport, "/graphql")],
        ["sallyport-open", at({ ...sallyport, headers: {} }, "/open/graphql")],
        ["sallyport-rest", at(sallyport, "/rest-graphql")],
        ["bare", at(bare.http1, "/graphql")],
      ],
      proof: { ask: graphAsk, answer: graphAnswer },
    },
    {
      name: "graphql federation",
      unit: "request",
      load: byWrk(federatedAsk, 32),
      subjects: [["sallyport", at(sallyport, "/federation")]],
      proof: { ask: federatedAsk, answer: federatedAnswer },
    },
    calls("grpc unary", 1, "request"),
    calls("grpc stream", streamMessages, "message"),
    {
      name: "websocket echo",
      unit: "message",
      load: bySockets("closed", 64),
      subjects: [
        ["nginx", at(nginx.sockets, "/tunnel")],
        ["sallyport", at(sallyport, "/tunnel")],
        ["sallyport-inspect", at(sallyport, "/inspect")],
      ],
    },
    {
      name: "websocket opening",
      unit: "socket",
      load: bySockets("opening", 16),
      subjects: [
        ["nginx", at(nginx.sockets, "/tunnel")],
        ["sallyport", at(sallyport, "/tunnel")],
        ["sallyport-open", at({ ...sallyport, headers: {} }, "/open/tunnel")],
      ],
    },
  ];
}
