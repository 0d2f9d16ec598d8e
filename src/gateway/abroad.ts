import type { Upstream } from "../exchange/target.ts";
import type { Memory } from "./keep-learned.ts";
import type { RegionsState } from "./regions-control.ts";

/** Targets that have told of another place than the one they are held to be in, over restarts until an operator lifts it. */
export interface Abroad {
  readonly find: (target: Upstream) => { readonly zone: string } | undefined;
  /** False: it is known already. `at`: ms since 1970. */
  readonly add: (target: Upstream, zone: string, at: number) => boolean;
  /** By `provider/model`. False: it is not there. */
  readonly drop: (name: string) => boolean;
  readonly list: () => RegionsState["abroad"];
  readonly memory: Memory;
}

const targetsMax = 1000;

export function createAbroad(): Abroad {
  const told = new Map<string, { readonly zone: string; readonly at: number }>();
  let isStored = false;
  const put = (name: string, zone: string, at: number): void => {
    const [oldest] = told.keys();
    if (told.size >= targetsMax && oldest !== undefined) told.delete(oldest);
    told.set(name, { zone, at });
  };
  const list = (): RegionsState["abroad"] => [...told].map(([target, one]) => ({ target, ...one }));
  return {
    find: ({ provider, model }) => {
      if (told.size === 0) return undefined;
      // What is not named may be any of its provider's.
      if (model !== "") return told.get(`${provider}/${model}`);
      return told.entries().find(([name]) => name.startsWith(`${provider}/`))?.[1];
    },
    add: ({ provider, model }, zone, at) => {
      const name = `${provider}/${model}`;
      if (told.get(name)?.zone === zone) return false;
      told.delete(name);
      put(name, zone, at);
      return true;
    },
    drop: (name) => told.delete(name),
    list,
    memory: {
      name: "abroad",
      kept: () => {
        isStored ||= told.size > 0;
        return isStored ? list() : undefined;
      },
      restore: (stored) => {
        if (!Array.isArray(stored) || !stored.every(isTold)) return false;
        for (const { target, zone, at } of stored) put(target, zone, at);
        isStored = true;
        return true;
      },
    },
  };
}

function isTold(value: unknown): value is RegionsState["abroad"][number] {
  if (typeof value !== "object" || value === null) return false;
  const member = (name: string): unknown => Reflect.get(value, name);
  return (
    typeof member("target") === "string" &&
    typeof member("zone") === "string" &&
    typeof member("at") === "number"
  );
}
