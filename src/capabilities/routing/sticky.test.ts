import { describe, expect, it } from "vitest";
import { createStickiness } from "./sticky.ts";

const hour = 3_600_000;

describe("createStickiness", () => {
  it("keeps a unit where it was, for an hour since its last request", () => {
    const sticky = createStickiness();
    expect(sticky.keptOf({ pool: "pool", owner: "key", unit: "a" }, 0)).toBeUndefined();
    sticky.took("r1", { pool: "pool", owner: "key", unit: "a", target: "p/m" }, 0);
    expect(sticky.keptOf({ pool: "pool", owner: "key", unit: "a" }, hour - 1)).toBe("p/m");
    expect(sticky.keptOf({ pool: "other", owner: "key", unit: "a" }, 1)).toBeUndefined();
    sticky.took("r2", { pool: "pool", owner: "key", unit: "a", target: "p/m" }, hour - 1);
    expect(sticky.keptOf({ pool: "pool", owner: "key", unit: "a" }, 2 * hour - 2)).toBe("p/m");
    expect(sticky.keptOf({ pool: "pool", owner: "key", unit: "a" }, 2 * hour - 1)).toBeUndefined();
  });

  it("moves with who answered, once", () => {
    const sticky = createStickiness();
    sticky.took("r1", { pool: "pool", owner: "key", unit: "a", target: "p/m" }, 0);
    sticky.settled("r1", "q/m", 1);
    expect(sticky.keptOf({ pool: "pool", owner: "key", unit: "a" }, 2)).toBe("q/m");
    sticky.settled("r1", "p/m", 3);
    expect(sticky.keptOf({ pool: "pool", owner: "key", unit: "a" }, 4)).toBe("q/m");
    sticky.took("r2", { pool: "pool", owner: "key", unit: "a", target: "q/m" }, 5);
    sticky.settled("r2", undefined, 6);
    expect(sticky.keptOf({ pool: "pool", owner: "key", unit: "a" }, 7)).toBe("q/m");
  });

  it("forgets who was quiet longest when there are too many", () => {
    const sticky = createStickiness();
    for (let unit = 0; unit <= 20_000; unit += 1)
      sticky.took(`r${unit}`, { pool: "pool", owner: "key", unit: String(unit), target: "p/m" }, 0);
    sticky.took("another", { pool: "pool", owner: "another", unit: "0", target: "q/m" }, 0);
    expect(sticky.keptOf({ pool: "pool", owner: "key", unit: "0" }, 1)).toBeUndefined();
    expect(sticky.keptOf({ pool: "pool", owner: "another", unit: "0" }, 1)).toBe("q/m");
    expect(sticky.keptOf({ pool: "pool", owner: "key", unit: "1" }, 1)).toBe("p/m");
  });
});
