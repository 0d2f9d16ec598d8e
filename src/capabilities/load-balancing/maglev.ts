import { murmur3 } from "../../kernel/murmur3.ts";
import type { Weighted } from "./ring.ts";

const sizeMin = 65_537;
const slotsPerMember = 100;

/** A prime: 65,537, or for many members the next above 100 for each. */
export function tableSize(members: number): number {
  let size = Math.max(sizeMin, slotsPerMember * members);
  while (!isPrime(size)) size += 1;
  return size;
}

/**
 * Which member each hash leads to: the members take turns, by weight, at their next free slot, each in an order of its own.
 * Shares are even to a slot or two, and where a member is missing few slots of the others change hands. Some milliseconds:
 * not for the path of a request.
 *
 * Source: Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer", 2016, section 3.4.
 */
export function buildMaglev(members: readonly Weighted[]): Uint16Array {
  const size = tableSize(members.length);
  const takers = members.flatMap(({ name, weight }, index) =>
    weight > 0
      ? [
          {
            index,
            weight,
            slot: murmur3(name, 1) % size,
            skip: (murmur3(name, 2) % (size - 1)) + 1,
            credit: 0,
          },
        ]
      : [],
  );
  const table = new Uint16Array(size);
  const isTaken = new Uint8Array(size);
  const heaviest = Math.max(...takers.map(({ weight }) => weight));
  let free = takers.length === 0 ? 0 : size;
  while (free > 0) {
    for (const taker of takers) {
      taker.credit += taker.weight;
      if (taker.credit < heaviest || free === 0) continue;
      taker.credit -= heaviest;
      while (isTaken[taker.slot] === 1) taker.slot = (taker.slot + taker.skip) % size;
      isTaken[taker.slot] = 1;
      table[taker.slot] = taker.index;
      free -= 1;
    }
  }
  return table;
}

/** The member of a hash; where it does not fit, that of the next slot whose member does. `undefined`: none does. */
export function lookUp(
  table: Uint16Array,
  hash: number,
  fits: (member: number) => boolean,
): number | undefined {
  for (let step = 0; step < table.length; step += 1) {
    const member = table[(hash + step) % table.length];
    if (member !== undefined && fits(member)) return member;
  }
  return undefined;
}

function isPrime(number: number): boolean {
  for (let divisor = 2; divisor * divisor <= number; divisor += 1) if (number % divisor === 0) return false;
  return number > 1;
}
