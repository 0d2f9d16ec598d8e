import { describe, expect, it } from "vitest";
import { milliseconds } from "../kernel/units.ts";
import {
  createMemoryStateStore,
  createRecordingLogger,
  createVirtualTime,
} from "../platform/memory/index.ts";
import type { StateStore } from "../ports/state-store.ts";
import { createLearnedKeeper, createUrgency, type Memory } from "./keep-learned.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const soon = milliseconds(1000);
const atOnce = milliseconds(0);

/** A memory that counts how often it was asked, beside one that is never urgent. */
function world({ kept, write }: { readonly kept?: Memory["kept"]; readonly write?: StateStore["write"] }) {
  const time = createVirtualTime();
  const logger = createRecordingLogger();
  const store = createMemoryStateStore();
  const urgency = createUrgency();
  let asked = 0;
  const keeper = createLearnedKeeper(
    [
      {
        name: "urgent",
        kept: () => {
          asked += 1;
          return kept === undefined ? asked : kept();
        },
        restore: () => true,
        onUrgent: urgency.onUrgent,
      },
      { name: "patient", kept: () => "known", restore: () => true },
    ],
    { states: { ...store, write: write ?? store.write }, timer: time.timer, logger },
  );
  return {
    keeper,
    store,
    within: urgency.within,
    asked: () => asked,
    wait: async (ms: number): Promise<void> => {
      time.advance(ms);
      await turn();
    },
    warned: () => logger.lines().map(({ level, fields }) => [level, fields["of"]]),
  };
}

describe("what is learned and urgent", () => {
  it("is stored within its span, once for all that is told meanwhile, and by itself", async () => {
    const { within, wait, store, asked } = world({});
    within(soon);
    within(soon);
    await wait(999);
    expect(await store.read("urgent")).toBeUndefined();
    await wait(1);
    expect([await store.read("urgent"), await store.read("patient")]).toEqual([1, undefined]);
    within(soon);
    within(atOnce);
    await wait(soon);
    expect(asked()).toBe(2);
  });

  it.for<{ name: string } & Parameters<typeof world>[0]>([
    { name: "the store fails", write: () => Promise.reject(new Error("the disk is full")) },
    {
      name: "it cannot be told",
      kept: () => {
        throw new Error("broken");
      },
    },
  ])("keeps the gateway running where $name: it is logged, and tried again each minute", async (broken) => {
    // What is rejected with nobody listening fails this test.
    const { within, wait, warned, asked, keeper } = world(broken);
    within(soon);
    await wait(soon);
    within(atOnce);
    await wait(0);
    const line = ["warn", "urgent"];
    expect(warned()).toEqual([line, line]);
    await wait(60_000);
    expect([asked(), warned().filter(([, of]) => of === "urgent")]).toEqual([3, [line, line, line]]);
    await expect(keeper.keep()).resolves.toBeUndefined();
  });

  it("keeps the others where one cannot be told", async () => {
    const { keeper, store } = world({
      kept: () => {
        throw new Error("broken");
      },
    });
    await keeper.keep();
    expect(await store.read("patient")).toBe("known");
  });
});
