import type { AddressPool, Balance } from "../../exchange/target.ts";
import { createMember, type Member } from "./member.ts";
import { createPool, type Pool, type PoolChange, type Wanted } from "./pool.ts";

/** A pool at a clock that moves when it is told to. Seconds. */
export interface TestPool {
  readonly pool: Pool;
  readonly time: { now: number };
  readonly changes: PoolChange[];
  readonly member: (name: string) => Member;
  /** Places a call; a key stands for what is to stay together. */
  readonly place: (wanted?: Partial<Wanted>) => ReturnType<Pool["place"]>;
}

export const names = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `10.0.0.${index}:8000`);

export const settingsOf = (
  balance: Balance,
  members: readonly { readonly name: string; readonly weight?: number }[],
): AddressPool => ({
  provider: "local",
  balance,
  hashOn: "key",
  addresses: members.map(({ name, weight = 1 }) => ({ name, weight, region: undefined, endpoints: [] })),
});

/** Numbers in [0, 1), the same for the same seed. Source: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function testPool(
  balance: Balance,
  members: readonly { readonly name: string; readonly weight?: number }[],
  random: () => number = seeded(1),
): TestPool {
  const time = { now: 0 };
  const changes: PoolChange[] = [];
  const settings = settingsOf(balance, members);
  const made = settings.addresses.map((address) => createMember(address, 0));
  const pool = createPool(settings, made, {
    now: () => time.now,
    random,
    onChange: (change) => changes.push(change),
  });
  return {
    pool,
    time,
    changes,
    member: (name) => {
      const found = made.find((member) => member.name === name);
      if (found === undefined) throw new Error(`no member ${name}`);
      return found;
    },
    place: (wanted) => pool.place({ model: "m", work: 300, hash: () => 0, avoid: [], ...wanted }),
  };
}

/** How many of `count` calls each gets, ended at once. */
export function shares(
  { place }: Pick<TestPool, "place">,
  count: number,
  hashOf: (index: number) => number = () => 0,
): ReadonlyMap<string, number> {
  const got = new Map<string, number>();
  for (let index = 0; index < count; index += 1) {
    const served = place({ hash: () => hashOf(index) });
    got.set(served.member.name, (got.get(served.member.name) ?? 0) + 1);
    served.left();
  }
  return got;
}
