import type { StateStore } from "../../ports/state-store.ts";

/** What was learned, as long as the process lives. */
export function createMemoryStateStore(): StateStore {
  const values = new Map<string, unknown>();
  return {
    read: async (name) => structuredClone(values.get(name)),
    write: async (name, value) => {
      values.set(name, structuredClone(value));
    },
    close: async () => {},
  };
}
