/** Virtual time in whole microseconds. */
export type Micros = number;

/** A world that goes from event to event: equal moments in the order in which they were set. */
export interface EventQueue {
  readonly now: () => Micros;
  /** @returns What takes the event off again. */
  readonly at: (moment: Micros, act: () => void) => () => void;
  /** Runs until nothing is left. @returns How many events were run. */
  readonly run: () => number;
}

interface Event {
  readonly moment: Micros;
  readonly order: number;
  readonly act: () => void;
  isOff: boolean;
}

/** A binary heap on (moment, order). */
export function createEventQueue(): EventQueue {
  const heap: Event[] = [];
  let now: Micros = 0;
  let order = 0;
  const isBefore = (one: Event, other: Event): boolean =>
    one.moment < other.moment || (one.moment === other.moment && one.order < other.order);
  const at = (index: number): Event | undefined => heap[index];

  const push = (event: Event): void => {
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = at(parent);
      if (above === undefined || !isBefore(event, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = event;
  };
  const pop = (): Event | undefined => {
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const [one, other] = [at(left), at(left + 1)];
      if (one === undefined) break;
      const child = other !== undefined && isBefore(other, one) ? left + 1 : left;
      const below = at(child);
      if (below === undefined || !isBefore(below, last)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
    return first;
  };
  return {
    now: () => now,
    at: (moment, act) => {
      const event = { moment: Math.max(now, Math.round(moment)), order, act, isOff: false };
      order += 1;
      push(event);
      return () => {
        event.isOff = true;
      };
    },
    run: () => {
      let count = 0;
      for (let event = pop(); event !== undefined; event = pop()) {
        if (event.isOff) continue;
        now = event.moment;
        event.act();
        count += 1;
      }
      return count;
    },
  };
}
