import { createLoadBalancing, type LoadBalancing } from "../../src/capabilities/load-balancing/index.ts";
import type { AddressPool, Balance } from "../../src/exchange/target.ts";
import { promptWork } from "../../src/exchange/work.ts";
import { unreachable } from "../../src/kernel/invariant.ts";
import { epochMs, monotonicMs } from "../../src/kernel/units.ts";
import { type Nodes, nodesCount, type PolicyMaker, type PrefixRequest } from "./balancing-models.ts";
import { seeded } from "./result.ts";

/** The balancing of a gateway whose clock is moved by hand. */
function balancingOf(
  balance: Balance,
  count: number,
  random: () => number,
): { readonly balancing: LoadBalancing; readonly pool: AddressPool; readonly at: (seconds: number) => void } {
  let ms = 0;
  const pool: AddressPool = {
    provider: "p",
    balance,
    hashOn: "key",
    addresses: Array.from({ length: count }, (_, server) => ({
      name: String(server),
      weight: 1,
      region: undefined,
      endpoints: [],
    })),
  };
  const balancing = createLoadBalancing({
    clock: { now: () => epochMs(ms), monotonic: () => monotonicMs(ms) },
    timer: { after: () => () => undefined, every: () => () => undefined },
    random: { bytes: (length) => Uint8Array.from({ length }, () => Math.floor(256 * random())) },
    transport: { send: () => unreachable("nothing is sent") },
    onChange: () => undefined,
  });
  balancing.configure([pool]);
  return {
    balancing,
    pool,
    at: (seconds) => {
      ms = 1000 * seconds;
    },
  };
}

/** The product's own, all of it: ejection, slow start and exploration too. The work of a call is not known beforehand. */
export const endpointsBy =
  (balance: Balance): PolicyMaker =>
  (servers, random) => {
    const { balancing, pool, at } = balancingOf(balance, servers.length, random);
    const open = new Map<number, ReturnType<typeof balancing.place>[]>();
    return {
      choose: (_, now) => {
        at(now);
        const call = balancing.place(pool, { model: "m", work: 300, hash: () => 0, avoid: [] });
        const server = Number(call.address.name);
        open.set(server, [...(open.get(server) ?? []), call]);
        return server;
      },
      begun: (server, work) => {
        const call = open.get(server)?.pop();
        return (now) => {
          at(now);
          call?.succeeded({ work });
        };
      },
    };
  };

const blockBytes = 512;
const tokensPerBlock = 128;
const secondsPerBlock = 0.1;
const secondsMore = 0.02;

/** The same for model B, which sees prompts alone: what nodes keep and how much waits before them it has to find out. */
export function endpointsByPrompt(): (nodes: Nodes, request: PrefixRequest) => number {
  const { balancing, pool, at } = balancingOf("predicted", nodesCount, seeded(1));
  const open: { readonly end: number; readonly tell: () => void }[] = [];
  return (nodes, { at: now, blocks }) => {
    open.sort((one, other) => one.end - other.end);
    for (let due = open[0]; due !== undefined && due.end <= now; due = open[0]) {
      open.shift();
      at(due.end);
      due.tell();
    }
    at(now);
    const bytes = new Uint8Array(blockBytes * blocks.length);
    const view = new DataView(bytes.buffer);
    for (const [index, block] of blocks.entries()) view.setUint32(blockBytes * index, block);
    const work = promptWork * tokensPerBlock * blocks.length;
    const call = balancing.place(pool, {
      model: "m",
      work,
      hash: () => 0,
      avoid: [],
      prompt: { scope: "one tenant", bytes },
    });
    const chosen = Number(call.address.name);
    const kept = nodes[chosen]?.matching(blocks) ?? 0;
    const end =
      Math.max(nodes[chosen]?.freeAt() ?? 0, now) + secondsPerBlock * (blocks.length - kept) + secondsMore;
    open.push({ end, tell: () => call.succeeded({ work, cachedTokens: tokensPerBlock * kept }) });
    return chosen;
  };
}
