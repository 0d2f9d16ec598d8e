import type { UpstreamTls } from "../../exchange/target.ts";
import type { UpstreamRequest } from "../../ports/transport.ts";
import type { ConnectSettings } from "./connect.ts";

/** What decides which connections a request may use. */
export type Use = Pick<UpstreamRequest, "tls" | "connectTimeout" | "isForeign">;

/** Sets of connections, one for each way of connecting. */
export interface Agents<Agent> {
  readonly of: (use: Use) => Agent;
  readonly close: () => Promise<void>;
}

/** Ways of connecting that are kept; with one more, the one that was not asked for the longest is closed. */
const agentsMax = 256;

/** @param make Makes a set, and tells how it is closed: what is in flight may end first. */
export function createAgents<Agent>(
  { connectTimeoutMs, ...guarded }: Pick<ConnectSettings, "connectTimeoutMs" | "guard">,
  make: (settings: ConnectSettings) => { readonly agent: Agent; readonly close: () => Promise<void> },
): Agents<Agent> {
  type Made = ReturnType<typeof make>;
  const common = make({ ...guarded, connectTimeoutMs, tls: undefined, isForeign: false });
  const others = new Map<string, Made>();
  const closing = new Set<Promise<void>>();
  let count = 0;
  const ids = new WeakMap<UpstreamTls, number>();
  const idOf = (tls: UpstreamTls | undefined): number => {
    if (tls === undefined) return 0;
    const id = ids.get(tls) ?? (count += 1);
    ids.set(tls, id);
    return id;
  };
  const dismiss = (key: string, made: Made): void => {
    others.delete(key);
    const closed = made.close().finally(() => closing.delete(closed));
    closing.add(closed);
  };
  const ofOthers = (tls: UpstreamTls | undefined, timeoutMs: number, isForeign: boolean): Agent => {
    const key = `${idOf(tls)}/${timeoutMs}/${isForeign}`;
    const made = others.get(key) ?? make({ ...guarded, connectTimeoutMs: timeoutMs, tls, isForeign });
    others.delete(key);
    others.set(key, made);
    if (others.size > agentsMax) for (const [oldest, old] of [...others].slice(0, 1)) dismiss(oldest, old);
    return made.agent;
  };
  return {
    of: ({ tls, connectTimeout = connectTimeoutMs, isForeign = false }) =>
      tls === undefined && connectTimeout === connectTimeoutMs && !isForeign
        ? common.agent
        : ofOthers(tls, connectTimeout, isForeign),
    close: async () => {
      for (const [key, made] of others) dismiss(key, made);
      await Promise.all([common.close(), ...closing]);
    },
  };
}
