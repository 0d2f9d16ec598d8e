import type { Balance } from "../../exchange/target.ts";
import { buildMaglev, lookUp } from "./maglev.ts";
import type { Member } from "./member.ts";
import { buildRing, clockwise, loadMax } from "./ring.ts";

/** What a choice among members is made by. */
export interface Choosing {
  /** Seconds until the call at hand would be done there. */
  readonly secondsAt: (member: Member) => number;
  /** Who has had most of the prompt already; `undefined`: nobody is known to. */
  readonly warmest?: Member | undefined;
  /** Of what is to stay together; asked only where it counts. */
  readonly hash: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** One of the members that may take the call at hand (`mayTake`); there is at least one. */
export type Balancer = (open: readonly [Member, ...Member[]], choosing: Choosing) => Member;

/** All there are. What is built for a pool is built here, once: not on the path of a request. */
export const balancers = {
  predicted,
  "peak-ewma":
    () =>
    (open, { random }) =>
      lower(two(open, random), peakLoad),
  p2c:
    () =>
    (open, { random }) =>
      lower(two(open, random), load),
  "least-request": () => leastRequest,
  "round-robin": () => inTurn,
  random: () => drawn,
  "consistent-hash": onRing,
  maglev: fromTable,
} as const satisfies Record<Balance, (members: readonly Member[]) => Balancer>;

/** Balancers that look at what is in flight: one that was idle looks best to all of them, and would be run down. */
export const looksAtLoad = (balance: Balance): boolean =>
  balance === "predicted" || balance === "peak-ewma" || balance === "p2c" || balance === "least-request";

const scanMax = 32;
const sampled = 4;
const exploredShare = 0.01;
const alike = 1.05;

/**
 * Where the call will be done first; of those within 5 %, who knows most of the prompt, else any. Of more than 32, the next in turn and three at random are looked at, and who knows the
 * prompt: nobody is overlooked for long. One call in a hundred goes anywhere, so that who was slow once is seen again.
 *
 * Source: routing specification, section 4.
 */
function predicted(): Balancer {
  let turn = 0;
  const someOf = (open: readonly [Member, ...Member[]], { warmest, random }: Choosing): readonly Member[] => {
    turn = (turn + 1) % open.length;
    const seen = Array.from(
      { length: sampled },
      (_, index) => (index === 0 ? open[turn] : undefined) ?? at(open, random()),
    );
    return warmest?.mayTake === true ? [...seen, warmest] : seen;
  };
  return (open, choosing) => {
    const { secondsAt, warmest, random } = choosing;
    if (open.length > 1 && random() < exploredShare) return at(open, random());
    const seen = open.length <= scanMax ? open : someOf(open, choosing);
    const seconds = seen.map(secondsAt);
    const most = Math.min(...seconds) * alike;
    let chosen = open[0];
    let near = 0;
    for (const [index, member] of seen.entries()) {
      if ((seconds[index] ?? 0) > most) continue;
      if (member === warmest) return member;
      near += 1;
      // The first is taken, each further one with its share of the chance.
      if (near === 1 || random() * near < 1) chosen = member;
    }
    return chosen;
  };
}

/** More weight takes more calls at once. */
const load = ({ traffic, weight }: Member): number => (traffic.inFlight + 1) / weight;

/**
 * The cost of a member by its slowest answers: a peak counts at once and fades over ten seconds.
 *
 * Source: Finagle and linkerd, "peak EWMA".
 */
const peakLoad = (member: Member): number => (member.cost + costMin) * load(member);

const peakFades = 10;
/** Of nobody anything is known: then it is what is in flight that counts. */
const costMin = 1e-6;

/** An answer has come after so many seconds. */
export function notePeak(member: Member, took: number, now: number): void {
  const faded = took + (member.cost - took) * Math.exp(-(now - member.costAt) / peakFades);
  member.cost = took > member.cost ? took : faded;
  member.costAt = now;
}

const leastRequest: Balancer = (open, { random }) => {
  let chosen = open[0];
  let least = Number.POSITIVE_INFINITY;
  let near = 0;
  for (const member of open) {
    const its = load(member);
    if (its > least) continue;
    near = its < least ? 1 : near + 1;
    least = its;
    if (near === 1 || random() * near < 1) chosen = member;
  }
  return chosen;
};

/** Turns by weight that are spread out: 5, 1, 1 gives a a b a c a a. Source: nginx, `ngx_http_upstream_get_peer`. */
const inTurn: Balancer = (open) => {
  let chosen = open[0];
  let weights = 0;
  for (const member of open) {
    member.turn += member.weight;
    weights += member.weight;
    if (member.turn > chosen.turn) chosen = member;
  }
  chosen.turn -= weights;
  return chosen;
};

const drawn: Balancer = (open, { random }) => {
  let left = random() * open.reduce((sum, { weight }) => sum + weight, 0);
  for (const member of open) {
    left -= member.weight;
    if (left < 0) return member;
  }
  return open[0];
};

/** The next on the ring that is not a quarter above its share of what is in flight. */
function onRing(members: readonly Member[]): Balancer {
  const ring = buildRing(members);
  return (open, { hash }) => {
    let inFlight = 0;
    let weights = 0;
    for (const { traffic, weight } of open) {
      inFlight += traffic.inFlight;
      weights += weight;
    }
    const fits = (owner: number): boolean => {
      const member = members[owner];
      return member?.mayTake === true && member.traffic.inFlight < loadMax(inFlight, member.weight, weights);
    };
    return members[clockwise(ring, hash(), fits) ?? -1] ?? open[0];
  };
}

function fromTable(members: readonly Member[]): Balancer {
  const table = buildMaglev(members);
  return (open, { hash }) =>
    members[lookUp(table, hash(), (index) => members[index]?.mayTake === true) ?? -1] ?? open[0];
}

/** Two of them that are not the same, where there are two. */
function two(open: readonly [Member, ...Member[]], random: () => number): readonly [Member, Member] {
  const first = Math.floor(random() * open.length);
  const step = 1 + Math.floor(random() * (open.length - 1));
  return [open[first] ?? open[0], open[(first + step) % open.length] ?? open[0]];
}

const lower = ([first, second]: readonly [Member, Member], of: (member: Member) => number): Member =>
  of(second) < of(first) ? second : first;

const at = (open: readonly [Member, ...Member[]], share: number): Member =>
  open[Math.floor(share * open.length)] ?? open[0];
