import { describe, expect, it } from "vitest";
import { epochMs } from "../kernel/units.ts";
import { createMemoryKeyStore, createSeededRandom, createVirtualTime } from "../platform/memory/index.ts";
import { createMeter } from "../platform/prometheus/index.ts";
import type { Clock } from "../ports/clock.ts";
import { openClientKeys } from "./client-keys.ts";
import { createSockets, type SocketAsker, type SocketStop, watchKeys } from "./sockets.ts";

const asker: SocketAsker = {
  id: "r",
  keyId: null,
  keyName: null,
  address: "192.0.2.1",
  route: "a",
  mode: "inspect",
  since: epochMs(0),
};
const counts = () => ({
  bytesUp: 0,
  bytesDown: 0,
  messagesUp: null,
  messagesDown: null,
  costNanoUsd: null,
});
const rules = { perKeyMax: 2, perClientMax: 3 };
const known = { keyId: "k", keyName: "key" };

describe("seats of open sockets", () => {
  it("counts a key from the moment in which it is known", () => {
    const sockets = createSockets(createMeter());
    const seats = [1, 2, 3].map(() => sockets.enter(asker, rules));
    seats[0]?.claimed(known);
    seats[1]?.claimed(known);
    expect(() => seats[2]?.claimed(known)).toThrow("more than 2 sockets of this key");
    seats[0]?.left();
    seats[2]?.claimed(known);
    for (const seat of seats) seat.left();
    // All were given back once: as many may come again.
    for (let count = 0; count < 2; count += 1) sockets.enter({ ...asker, ...known }, rules);
    expect(() => sockets.enter({ ...asker, ...known }, rules)).toThrow("this key");
  });

  it("tells who it is once that is known", () => {
    const sockets = createSockets(createMeter());
    const seat = sockets.enter(asker, rules);
    seat.opened({ counts, stop: () => undefined });
    expect(sockets.list()).toMatchObject([{ keyId: null }]);
    seat.claimed(known);
    expect(sockets.list()).toMatchObject([known]);
  });

  it("keeps streams of events apart from sockets in its figures", () => {
    const meter = createMeter();
    const sockets = createSockets(meter);
    sockets.enter({ ...asker, mode: "events" }, rules).opened({ counts, stop: () => undefined });
    expect(meter.text()).toContain('sallyport_streams_open{kind="graphql",route="a"} 1');
    expect(meter.text()).not.toContain('mode="events"');
  });
});

const noneDenied = { isDenied: () => false, onDenied: () => undefined };

describe("a key that is not valid any more", () => {
  it("ends what it has open at once where it is revoked here", async () => {
    const { clock, timer } = createVirtualTime();
    const keys = await openKeys(clock);
    const sockets = createSockets(createMeter());
    watchKeys(sockets, { clock, timer, keys, denied: noneDenied });
    const { keys: control } = keys.control(() => ({}));
    const { entry } = await control.create({ name: "a" });
    const told: SocketStop[] = [];
    sockets
      .enter({ ...asker, keyId: entry.id, keyName: entry.name }, rules)
      .opened({ counts, stop: (why) => told.push(why) });
    await control.revoke("key_of_another");
    expect(told).toEqual([]);
    await control.revoke(entry.id);
    expect(told).toEqual(["revoked"]);
  });

  it("ends what it has open within a minute of its end, and so of a token, and leaves all else", async () => {
    const { clock, timer, advance } = createVirtualTime();
    const keys = await openKeys(clock);
    const sockets = createSockets(createMeter());
    watchKeys(sockets, { clock, timer, keys, denied: noneDenied });
    const { keys: control } = keys.control(() => ({}));
    const soon = clock.now() + 30_000;
    const ends = await control.create({ name: "ends", expiresAt: soon });
    const stays = await control.create({ name: "stays" });
    const told: [string, SocketStop][] = [];
    const open = (keyId: string | null, expiresAt?: number): void =>
      sockets
        .enter(
          {
            ...asker,
            address: String(keyId),
            keyId,
            keyName: keyId,
            expiresAt: expiresAt === undefined ? undefined : epochMs(expiresAt),
          },
          rules,
        )
        .opened({ counts, stop: (why) => told.push([String(keyId), why]) });
    open(ends.entry.id);
    open(stays.entry.id);
    open("oidc ann", soon);
    open("oidc bob", soon + 600_000);
    open("oidc without an end");
    open(null);
    advance(29_000);
    expect(told).toEqual([]);
    advance(60_000);
    expect(new Set(told.map(String))).toEqual(new Set([`${ends.entry.id},revoked`, "oidc ann,revoked"]));
  });

  it("ends what all keys of a project have open at once where that is disabled", async () => {
    const { clock, timer } = createVirtualTime();
    const keys = await openKeys(clock);
    const sockets = createSockets(createMeter());
    watchKeys(sockets, { clock, timer, keys, denied: noneDenied });
    const { keys: control, projects } = keys.control(() => ({}));
    const { entry } = await control.create({ name: "a" });
    const told: SocketStop[] = [];
    sockets
      .enter({ ...asker, keyId: entry.id, keyName: entry.name }, rules)
      .opened({ counts, stop: (why) => told.push(why) });
    await projects.update("default", { name: "Another name" });
    expect(told).toEqual([]);
    await projects.update("default", { isDisabled: true });
    expect(told).toEqual(["revoked"]);
  });
});

const openKeys = (clock: Clock) =>
  openClientKeys({
    store: createMemoryKeyStore(),
    digests: { ofSecret: (text) => text, ofWhole: (text) => text, areSame: (one, other) => one === other },
    clock,
    random: createSeededRandom(1),
  });
