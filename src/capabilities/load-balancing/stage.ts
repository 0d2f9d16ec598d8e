import type { Address, AddressPool, Endpoint, Site } from "../../exchange/target.ts";
import { uniformOf } from "../../kernel/uniform.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { Timer } from "../../ports/timer.ts";
import type { PlainTransport } from "../../ports/transport.ts";
import { startChecks } from "./checks.ts";
import { createMember, type Member } from "./member.ts";
import { createPool, type Pool, type PoolChange, type Served, type Wanted } from "./pool.ts";
import { type PoolState, stateOf } from "./read-model.ts";
import { startSlowly } from "./slow-start.ts";

/** What an operator may do to one address. */
export type Steering = "eject" | "restore" | "drain";

export type Steered =
  | { readonly kind: "done"; readonly state: PoolState }
  /** It is the last that takes calls. */
  | { readonly kind: "last" }
  | { readonly kind: "unknown" };

/** A call at its address. */
export interface PlacedCall<At extends Site = Endpoint> extends Omit<Served, "member"> {
  readonly address: Address<At>;
  /** Whether another address could take the next call. */
  readonly hasOther: () => boolean;
  /** Whether its failures count against the target too. */
  readonly speaksForAll: () => boolean;
}

/** The addresses of all providers that have several. Memory of one process. */
export interface LoadBalancing {
  /** Takes over a configuration: who stays is known on, who is new beside others starts slowly. */
  readonly configure: (pools: readonly AddressPool<Site>[]) => void;
  readonly place: <At extends Site>(pool: AddressPool<At>, wanted: Wanted) => PlacedCall<At>;
  readonly states: () => readonly PoolState[];
  readonly steer: (provider: string, endpoint: string, what: Steering) => Steered;
  /** No more checks. */
  readonly close: () => void;
}

export interface LoadBalancingPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly timer: Timer;
  readonly transport: PlainTransport;
  readonly onChange: (provider: string, change: PoolChange) => void;
}

const originOf = ({ endpoints }: Address<Site>): string | undefined => endpoints[0]?.origin;

export function createLoadBalancing(ports: LoadBalancingPorts): LoadBalancing {
  const { clock } = ports;
  const now = (): number => clock.monotonic() / 1000;
  const random = (): number => uniformOf(ports.random.bytes);
  /** By the settings that a request carries: one that began before a reload ends with its own. */
  const pools = new WeakMap<AddressPool<Site>, Pool>();
  let current = new Map<string, Pool>();
  let stopChecks: readonly (() => void)[] = [];
  const memberOf = (address: Address<Site>, known: Pool | undefined): Member => {
    // A name that leads elsewhere now is another address.
    const index = known?.settings.addresses.findIndex(
      (one) => one.name === address.name && originOf(one) === originOf(address),
    );
    const kept = known?.members[index ?? -1];
    if (kept !== undefined) {
      kept.weight = address.weight;
      kept.region = address.region;
      return kept;
    }
    const made = createMember(address, now());
    // Where all are new, nobody is there to take the calls in the meantime.
    if (known !== undefined) startSlowly(made, now());
    return made;
  };
  const poolOf = (settings: AddressPool<Site>): Pool => {
    const made = pools.get(settings);
    if (made !== undefined) return made;
    const known = current.get(settings.provider);
    const pool = createPool(
      settings,
      settings.addresses.map((address) => memberOf(address, known)),
      { now, random, onChange: (change) => ports.onChange(settings.provider, change) },
    );
    pools.set(settings, pool);
    return pool;
  };
  const close = (): void => {
    for (const stop of stopChecks) stop();
    stopChecks = [];
  };
  const shown = (pool: Pool): PoolState =>
    stateOf(pool, now(), (at) => Math.round(clock.now() + 1000 * (at - now())));
  return {
    configure: (next) => {
      close();
      current = new Map(next.map((settings) => [settings.provider, poolOf(settings)]));
      stopChecks = [...current.values()].map((pool) => {
        // Who is looked after no more counts as well.
        if (pool.settings.checks === undefined) for (const member of pool.members) member.isWell = true;
        const named = (name: string): Member | undefined => pool.members.find((one) => one.name === name);
        return startChecks(
          pool.settings,
          { ...ports, random },
          {
            isWell: (name) => named(name)?.isWell !== false,
            onChecked: (name, isWell) => {
              const member = named(name);
              if (member !== undefined) pool.found(member, isWell);
            },
          },
        );
      });
    },
    place: (settings, wanted) => {
      const pool = poolOf(settings);
      const { member, ...told } = pool.place(wanted);
      const address = settings.addresses[pool.members.indexOf(member)] ?? settings.addresses[0];
      if (address === undefined) throw new RangeError("a pool without addresses");
      return {
        ...told,
        address,
        hasOther: () => pool.hasOther(member),
        speaksForAll: () => pool.speaksForAll(member),
      };
    },
    states: () => [...current.values()].map(shown),
    steer: (provider, endpoint, what) => {
      const pool = current.get(provider);
      const member = pool?.members.find(({ name }) => name === endpoint);
      if (pool === undefined || member === undefined) return { kind: "unknown" };
      if (what === "restore") pool.restore(member);
      else if (!pool.hasOther(member)) return { kind: "last" };
      else if (what === "eject") pool.eject(member);
      else pool.drain(member);
      return { kind: "done", state: shown(pool) };
    },
    close,
  };
}
