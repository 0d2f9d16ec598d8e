import { Permit } from "../exchange/permit.ts";
import type { ServiceTarget } from "../exchange/service-target.ts";
import { uuidv7 } from "../kernel/ids.ts";
import { seconds } from "../kernel/units.ts";
import { openTrail } from "../pipeline/trail.ts";
import { createSeededRandom, createVirtualTime } from "../platform/memory/index.ts";
import type { AskPorts } from "./graphql-leave.ts";

export const testService: ServiceTarget = {
  provider: "graph",
  model: "graphql",
  site: { origin: "http://graph.test", basePath: "", headers: [] },
  http: "1.1",
  connectTimeout: seconds(5),
  headTimeout: seconds(10),
  idleTimeout: seconds(60),
};

/** Leave for everything, and a trail to see what it has left. */
export function testAsking(dialTools: Partial<AskPorts["dialTools"]> = {}) {
  const { clock, timer, advance } = createVirtualTime();
  const random = createSeededRandom(1);
  const trail = openTrail({
    id: uuidv7(clock.now(), random.bytes(10)),
    at: clock.now(),
    startedAt: clock.monotonic(),
    monotonic: clock.monotonic,
    snapshot: undefined,
    method: "POST",
    target: "/",
  });
  const nothing = (): void => undefined;
  const client = new AbortController();
  const ports: AskPorts = {
    clock,
    trail,
    transportTo: () => {
      throw new Error("nobody is asked by HTTP");
    },
    leaveFor: async ({ site }) => ({
      site,
      address: undefined,
      permit: new Permit(site.origin),
      leave: {
        load: { answered: nothing, failed: nothing, left: nothing },
        answered: nothing,
        broke: nothing,
        failed: nothing,
      },
      hasOther: () => false,
    }),
    mayTryAgain: () => false,
    dialTools: {
      tunnels: { open: () => ({ abort: nothing }) },
      random,
      sockets: {
        messageSockets: {
          accept: () => {
            throw new Error("nobody connects");
          },
          connect: () => {
            throw new Error("nobody is connected to");
          },
        },
        sha1: (text) => text,
        timer,
      },
      ...dialTools,
    },
    signal: client.signal,
    stands: nothing,
  };
  return { ports, trail, client, advance, timer, random };
}
