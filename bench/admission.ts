import { createEntrance, type Entrance } from "../src/capabilities/overload/index.ts";
import { createSeededRandom } from "../src/platform/memory/index.ts";
import { systemClock } from "../src/platform/system/index.ts";
import { type CostRow, costOf } from "./cost-of.ts";

const keys = Array.from({ length: 1000 }, (_, index) => `key_${index}`);
const well = { loopMsMean: 1, loopMsP99: 2, heapShare: 0.1, rssShare: 0.1 };

const ask = ({ admit }: Entrance, index: number) =>
  admit({
    priority: index % 4 === 0 ? "batch" : "interactive",
    tenant: keys[index % keys.length] ?? "",
    shares: 1,
    cost: 0.3,
  });

/** The entrance while all is well, and while the process is late and half is refused; windows of 2,000 requests end within. */
export function admissionRows(): readonly CostRow[] {
  const open = (): Entrance =>
    createEntrance({ clock: systemClock, random: createSeededRandom(3), delayMax: () => 20 });
  const calm = open();
  const late = open();
  let admitted = 0;
  const count = (entrance: Entrance, loopMsMean: number) => (index: number) => {
    if (index % 1000 === 0) entrance.read({ ...well, loopMsMean });
    if (ask(entrance, index) === undefined) admitted += 1;
  };
  const rows: readonly CostRow[] = [
    ["entrance: admission while all is well", costOf(count(calm, 1), 100), "≤ 2 µs"],
    ["entrance: admission or refusal while the process is late", costOf(count(late, 30), 100), "≤ 2 µs"],
  ];
  if (admitted === 0) console.log("never");
  return rows;
}
