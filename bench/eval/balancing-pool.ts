import { createLoadBalancing } from "../../src/capabilities/load-balancing/index.ts";
import type { AddressPool, Balance } from "../../src/exchange/target.ts";
import { unreachable } from "../../src/kernel/invariant.ts";
import { epochMs, monotonicMs } from "../../src/kernel/units.ts";
import type { PolicyMaker } from "./balancing-models.ts";

/** The product's own, all of it: ejection, slow start and exploration too. The work of a call is not known beforehand. */
export const endpointsBy =
  (balance: Balance): PolicyMaker =>
  (servers, random) => {
    let seconds = 0;
    const pool: AddressPool = {
      provider: "p",
      balance,
      hashOn: "key",
      addresses: servers.map((_, server) => ({
        name: String(server),
        weight: 1,
        region: undefined,
        endpoints: [],
      })),
    };
    const balancing = createLoadBalancing({
      clock: { now: () => epochMs(1000 * seconds), monotonic: () => monotonicMs(1000 * seconds) },
      timer: { after: () => () => undefined, every: () => () => undefined },
      random: {
        bytes: (length) => Uint8Array.from({ length }, () => Math.floor(256 * random())),
      },
      transport: { send: () => unreachable("nothing is sent"), close: () => Promise.resolve() },
      onChange: () => undefined,
    });
    balancing.configure([pool]);
    const open = new Map<number, ReturnType<typeof balancing.place>[]>();
    return {
      choose: (_, now) => {
        seconds = now;
        const call = balancing.place(pool, { model: "m", work: 300, hash: () => 0, avoid: [] });
        const server = Number(call.address.name);
        open.set(server, [...(open.get(server) ?? []), call]);
        return server;
      },
      begun: (server, work) => {
        const call = open.get(server)?.pop();
        return (now) => {
          seconds = now;
          call?.succeeded({ work });
        };
      },
    };
  };
