import { createMemoryLeaseStore, createVirtualTime } from "../../src/platform/memory/index.ts";
import { leaseContract } from "./lease.ts";

leaseContract("memory", () => {
  const { clock, advance } = createVirtualTime();
  return {
    store: createMemoryLeaseStore(clock),
    pass: async (ms) => {
      advance(ms);
    },
  };
});
