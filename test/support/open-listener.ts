import { afterEach } from "vitest";
import {
  type Listener,
  listen,
  type ServerLimits,
  type ServerSettings,
} from "../../src/platform/node-server/index.ts";
import type { InboundHandler } from "../../src/ports/server.ts";

/** Bounds small enough to be met in a test. */
export const testLimits: ServerLimits = {
  headerBytesMax: 16_384,
  headersTimeoutMs: 2000,
  bodiesBytesMax: 64_000_000,
  bodyIdleTimeoutMs: 1000,
  bodyRateMinBytesPerSecond: 0,
  answerStallTimeoutMs: 5000,
  keepAliveTimeoutMs: 5000,
  requestsPerConnectionMax: 10_000,
  connectionsMax: 100,
  connectionsPerClientMax: 50,
};

export interface OpenListener {
  readonly port: number;
  readonly engine: Listener;
  readonly refused: string[];
}

/** Opens listeners that end with the test they were opened in. */
export function listenersOfTest(): (
  handler: InboundHandler,
  change?: Partial<Omit<ServerSettings, "limits">> & { readonly limits?: Partial<ServerLimits> },
) => Promise<OpenListener> {
  const open: Listener[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((engine) => engine.drain(0)));
  });
  return async (handler, change = {}) => {
    const refused: string[] = [];
    const engine = await listen(
      {
        host: "127.0.0.1",
        port: 0,
        onRefusedHead: (code) => refused.push(code),
        endOfTurn: setImmediate,
        ...change,
        limits: { ...testLimits, ...change.limits },
      },
      handler,
    );
    open.push(engine);
    return { port: engine.port, engine, refused };
  };
}
