/**
 * The gateway's own server and transports with nothing between them: no doors, no record, no limits of its own. What a
 * request costs more in the gateway is what its doors cost. Prints its origin when it listens.
 *
 *   node bare.ts http1|http2 ORIGIN
 */
import { Permit } from "../../src/exchange/permit.ts";
import { seconds } from "../../src/kernel/units.ts";
import { createHttp2Transport } from "../../src/platform/http2-transport/index.ts";
import { listen } from "../../src/platform/node-server/index.ts";
import { createEndOfTurn } from "../../src/platform/system/index.ts";
import { createTransport } from "../../src/platform/undici-transport/index.ts";
import type { InboundHandler } from "../../src/ports/server.ts";
import type { Transport, UpstreamExchange } from "../../src/ports/transport.ts";

/** To be started as a process of its own. */
export const bareProgram = import.meta.filename;

const many = 1_000_000_000;
/** What belongs to one connection, and is made anew for the next. */
const dropped: ReadonlySet<string> = new Set(["connection", "host", "transfer-encoding", "keep-alive"]);

const passed = (list: readonly string[]): readonly string[] =>
  list.filter((_, index) => !dropped.has((list[index - (index % 2)] ?? "").toLowerCase()));
const lowered = (list: readonly string[]): readonly string[] =>
  list.map((text, index) => (index % 2 === 0 ? text.toLowerCase() : text));

const pass =
  (transport: Transport, origin: string): InboundHandler =>
  async ({ method, target, rawHeaders, arrivedBody, streamBody, reply }) => {
    // By then a small body has come, as it has when the gateway's doors are through.
    await Promise.resolve();
    let exchange: UpstreamExchange | undefined;
    reply.onGone(() => exchange?.abort());
    exchange = transport.send(
      {
        permit: new Permit(origin),
        origin,
        path: target,
        method,
        headers: passed(lowered(rawHeaders)),
        body: arrivedBody?.(many) ?? streamBody(many),
        headTimeout: seconds(60),
        idleTimeout: seconds(60),
      },
      {
        head: ({ status, list = [] }) => reply.head(status, passed(list)),
        data: (chunk) => {
          if (reply.write(chunk)) return;
          exchange?.pause();
          reply.onDrain(() => exchange?.resume());
        },
        end: (trailers = []) => {
          if (trailers.length > 0) reply.trailers(trailers);
          reply.end();
        },
        failed: () => reply.destroy(),
      },
    );
  };

if (process.argv[1] === import.meta.filename) {
  const [kind, origin = ""] = process.argv.slice(2);
  const endOfTurn = createEndOfTurn((fault) => console.error(fault));
  const settings = { connectTimeoutMs: 5000, keepAliveMs: 30_000, endOfTurn };
  const transport = kind === "http2" ? createHttp2Transport(settings) : createTransport(settings);
  const { port } = await listen(
    {
      host: "127.0.0.1",
      port: 0,
      limits: {
        headerBytesMax: 16_384,
        headersTimeoutMs: 10_000,
        bodiesBytesMax: 512 * 1024 * 1024,
        bodyIdleTimeoutMs: 30_000,
        bodyRateMinBytesPerSecond: 1024,
        answerStallTimeoutMs: 30_000,
        keepAliveTimeoutMs: 75_000,
        requestsPerConnectionMax: many,
        connectionsMax: 10_000,
        connectionsPerClientMax: 10_000,
      },
      onRefusedHead: () => undefined,
      endOfTurn,
    },
    pass(transport, origin),
  );
  console.log(`http://127.0.0.1:${port}`);
}
