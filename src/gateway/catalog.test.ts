import { describe, expect, it } from "vitest";
import { milliseconds } from "../kernel/units.ts";
import { createRecordingLogger, createVirtualTime } from "../platform/memory/index.ts";
import type { Transport } from "../ports/transport.ts";
import { createCatalog } from "./catalog.ts";

const page = (context: number): string =>
  JSON.stringify({
    openai: { models: { m: { limit: { context } } } },
    other: { models: { n: { reasoning: true } } },
  });

type Answer = { readonly status: number; readonly body: string } | "unreachable";

function open(refresh: "off" | "ask" | "apply", kept?: string) {
  const time = createVirtualTime();
  const logger = createRecordingLogger();
  const world = {
    answer: { status: 200, body: page(200) } as Answer,
    kept,
    fetches: 0,
    applied: 0,
    isFull: false,
  };
  const transport: Transport = {
    send: (_, listener) => {
      world.fetches += 1;
      const { answer } = world;
      // As a real one: nothing is told before `send` has returned.
      queueMicrotask(() => {
        if (answer === "unreachable")
          return listener.failed({ code: "upstream_unreachable", detail: "refused", wasSent: false });
        listener.head({ status: answer.status, headers: new Map() });
        if (answer.status !== 200) return;
        listener.data(new TextEncoder().encode(answer.body));
        listener.end();
      });
      return { pause: () => {}, resume: () => {}, abort: () => {} };
    },
    close: () => Promise.resolve(),
  };
  const catalog = createCatalog({
    clock: time.clock,
    timer: time.timer,
    logger,
    transport,
    store: {
      read: () => world.kept,
      write: (text) => {
        if (world.isFull) throw new Error("no space left");
        world.kept = text;
      },
    },
    settings: () => ({ refresh, url: "https://models.example/api.json?x=1" }),
    inUse: () => [
      {
        id: "mine",
        catalogId: "openai",
        abilitiesOf: () => ({ contextTokens: { value: 100, source: "built in", asOf: null } }),
      },
    ],
    onApplied: () => {
      world.applied += 1;
    },
  });
  return { catalog, world, time };
}

describe("the catalogue of models from outside", () => {
  it("fetches nothing by itself when it is off, and what an operator fetches waits with its differences", async () => {
    const { catalog, world } = open("off");
    catalog.start();
    expect(world.fetches).toBe(0);
    const state = await catalog.control.refresh();
    expect(state).toMatchObject({ applied: null, lastFetch: { problem: null } });
    expect(state.waiting).toMatchObject({
      providers: 2,
      models: 2,
      differences: [
        {
          provider: "mine",
          model: "m",
          changes: [{ ability: "contextTokens", before: "100", after: "200" }],
        },
      ],
      differencesTotal: 1,
    });
    expect(catalog.layerOf("openai", "m")).toBeUndefined();
    expect(world.applied).toBe(0);
  });

  it("counts after the approval of just that one, and after the next start", async () => {
    const { catalog, world } = open("ask");
    const { waiting } = await catalog.control.refresh();
    expect(() => catalog.control.approve((waiting?.fetchedAt ?? 0) + 1)).toThrow("no such catalogue waits");
    expect(catalog.control.approve(waiting?.fetchedAt ?? 0)).toMatchObject({
      waiting: null,
      applied: { models: 2 },
    });
    expect(world.applied).toBe(1);
    expect(catalog.layerOf("openai", "m")).toMatchObject({
      source: "models.dev",
      values: { contextTokens: 200 },
    });
    const again = open("ask", world.kept);
    expect(again.catalog.layerOf("openai", "m")).toEqual(catalog.layerOf("openai", "m"));
    expect(() => catalog.control.approve(waiting?.fetchedAt ?? 0)).toThrow();
  });

  it("is brought up to date once a day where the settings apply it, until it is closed", async () => {
    const { catalog, world, time } = open("apply");
    catalog.start();
    await catalog.control.refresh();
    expect(world).toMatchObject({ fetches: 1, applied: 1 });
    time.advance(milliseconds(86_400_000));
    await catalog.control.refresh();
    expect(world).toMatchObject({ fetches: 2, applied: 2 });
    catalog.close();
    time.advance(milliseconds(86_400_000));
    expect(world.fetches).toBe(2);
  });

  it.for<{ name: string; answer: Answer; problem: string }>([
    { name: "is not reached", answer: "unreachable", problem: "upstream_unreachable: refused" },
    { name: "answers an error", answer: { status: 503, body: "" }, problem: "it answers 503" },
    {
      name: "says something else",
      answer: { status: 200, body: "<html>" },
      problem: "no catalogue in the form",
    },
    {
      name: "never ends",
      answer: { status: 200, body: " ".repeat(10 * 1024 ** 2 + 1) },
      problem: "larger than 10485760 bytes",
    },
  ])("keeps what it has when its source $name", async ({ answer, problem }) => {
    const { catalog, world } = open("apply");
    await catalog.control.refresh();
    world.answer = answer;
    const state = await catalog.control.refresh();
    expect(state.lastFetch?.problem).toContain(problem);
    expect(state.applied).not.toBeNull();
    expect(catalog.layerOf("openai", "m")).toBeDefined();
  });

  it("does not count when it cannot be kept, nor is a damaged file taken for one", async () => {
    const { catalog, world } = open("apply", "{");
    expect(catalog.control.state().applied).toBeNull();
    world.isFull = true;
    const state = await catalog.control.refresh();
    expect(state).toMatchObject({ applied: null, lastFetch: { problem: "no space left" } });
    expect(world.applied).toBe(0);
  });
});
