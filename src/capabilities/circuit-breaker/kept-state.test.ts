import { describe, expect, it } from "vitest";
import { milliseconds } from "../../kernel/units.ts";
import { createSeededRandom, createVirtualTime } from "../../platform/memory/index.ts";
import { rulesFrom } from "./rules.ts";
import { circuitBreakerSettings } from "./settings.ts";
import { type CircuitBreakers, createCircuitBreakers } from "./stage.ts";

const target = { provider: "openai", model: "gpt-5" };
const other = { provider: "openai", model: "gpt-5-mini" };
const hasOther = (): boolean => true;
const known = (): boolean => true;

/** A process that begins so many ms after the first. */
function process(lateMs = 0) {
  const time = createVirtualTime();
  time.advance(milliseconds(lateMs));
  const breakers = createCircuitBreakers({
    clock: time.clock,
    random: createSeededRandom(3),
    rulesOf: rulesFrom(circuitBreakerSettings.parse({})),
    onChange: () => undefined,
  });
  return { ...breakers, time };
}

function failOften({ admit }: CircuitBreakers, retryAfterMs: number): void {
  for (let at = 0; at < 10; at += 1) {
    const admitted = admit(target, hasOther);
    if (admitted.kind === "permitted") admitted.call.failed(retryAfterMs);
  }
}

const stateOf = ({ states }: CircuitBreakers, model = target.model) =>
  states().find((state) => state.model === model);

describe("breakers over a restart", () => {
  it("there is nothing to store of breakers that are well", () => {
    const first = process();
    first.admit(target, hasOther);
    expect(first.kept()).toBeUndefined();
  });

  it("modes set by hand hold on, until they are set otherwise", () => {
    const first = process();
    first.setMode(target, "forced_open");
    first.setMode(other, "metrics_only");
    const second = process(86_400_000);
    expect(second.restore(first.kept(), known)).toBe(true);
    expect(second.admit(target, hasOther).kind).toBe("refused");
    expect(stateOf(second, other.model)?.mode).toBe("metrics_only");
    second.setMode(target, "auto");
    second.setMode(other, "auto");
    // What was stored must be overwritten.
    expect(second.kept()).toEqual({ version: 1, breakers: [] });
  });

  it("an open one stays open for the rest of its time, then is probed as ever", () => {
    const first = process();
    failOften(first, 60_000);
    const second = process(20_000);
    second.restore(first.kept(), known);
    expect(stateOf(second)).toMatchObject({ phase: "open", reason: "failures" });
    const refused = second.admit(target, hasOther);
    expect(refused).toMatchObject({ kind: "refused" });
    expect(refused.kind === "refused" && Math.round(refused.retryAfterMs)).toBe(40_000);
    second.time.advance(milliseconds(40_000));
    expect(second.admit(target, hasOther).kind).toBe("permitted");
    expect(stateOf(second)?.phase).toBe("half_open");
  });

  it.each([
    ["begins with a probe where its time was over while nobody ran", 61_000, "open"],
    ["is as good as new after five minutes more", 361_000, undefined],
  ])("an open one %s", (_, lateMs, phase) => {
    const first = process();
    failOften(first, 60_000);
    const second = process(lateMs);
    second.restore(first.kept(), known);
    expect(stateOf(second)?.phase).toBe(phase);
    second.admit(target, hasOther);
    expect(second.admit(target, hasOther).kind).toBe(phase === undefined ? "permitted" : "refused");
  });

  it("stays open no longer than it could have, however the wall clock was set", () => {
    const second = process();
    const open = { until: second.time.clock.now() + 86_400_000, relapses: 0 };
    second.restore({ version: 1, breakers: [{ ...target, mode: "auto", open }] }, known);
    const refused = second.admit(target, hasOther);
    expect(refused.kind === "refused" && refused.retryAfterMs).toBe(300_000);
  });

  it("what is no longer configured is dropped", () => {
    const first = process();
    first.setMode(target, "forced_open");
    const second = process();
    second.restore(first.kept(), ({ provider }) => provider === "other");
    expect(second.states()).toEqual([]);
  });

  it.each([
    ["another version", { version: 2, breakers: [] }],
    ["an unknown mode", { version: 1, breakers: [{ ...target, mode: "shut" }] }],
    ["a time that is none", { version: 1, breakers: [{ ...target, mode: "auto", open: { until: "soon" } }] }],
    ["no state at all", "open"],
  ])("%s is ignored", (_, stored) => {
    const second = process();
    expect(second.restore(stored, known)).toBe(false);
    expect(second.states()).toEqual([]);
  });
});
