import { describe, expect, it } from "vitest";
import { compileDirectory } from "../capabilities/identity/index.ts";
import { epochMs } from "../kernel/units.ts";
import { createMemoryKeyStore, createSeededRandom, createVirtualTime } from "../platform/memory/index.ts";
import { createMeter } from "../platform/prometheus/index.ts";
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

describe("a key that is not valid any more", () => {
  it("ends what it has open at once where it is revoked here", async () => {
    const { clock, timer } = createVirtualTime();
    const random = createSeededRandom(1);
    const keys = await openClientKeys({
      store: createMemoryKeyStore(),
      digestOf: (key) => key,
      clock,
      random,
    });
    const sockets = createSockets(createMeter());
    watchKeys(sockets, { timer, keys });
    const { entry } = await keys.control.create({ name: "a", models: [] });
    const told: SocketStop[] = [];
    sockets
      .enter({ ...asker, keyId: entry.id, keyName: entry.name }, rules)
      .opened({ counts, stop: (why) => told.push(why) });
    await keys.control.revoke("key_of_another");
    expect(told).toEqual([]);
    await keys.control.revoke(entry.id);
    expect(told).toEqual(["revoked"]);
  });

  it("ends what it has open within a minute, whoever has told of it", () => {
    const { timer, advance } = createVirtualTime();
    const key = { id: "k", name: "key", models: [], residency: [], hint: "", createdAt: 0 };
    let keys = [
      { ...key, digest: "1", revokedAt: null },
      { ...key, id: "other", digest: "2", revokedAt: null },
    ];
    const directory = () => compileDirectory(keys);
    const keysNow = { directory, onRevoked: () => undefined };
    const sockets = createSockets(createMeter());
    watchKeys(sockets, { timer, keys: keysNow });
    const told: [string, SocketStop][] = [];
    for (const keyId of ["k", "other"])
      sockets
        .enter({ ...asker, keyId, keyName: keyId }, rules)
        .opened({ counts, stop: (why) => told.push([keyId, why]) });
    sockets.enter(asker, rules).opened({ counts, stop: (why) => told.push(["nobody", why]) });
    advance(60_000);
    expect(told).toEqual([]);
    keys = keys.filter(({ id }) => id !== "k");
    advance(60_000);
    expect(new Set(told.map(String))).toEqual(new Set(["k,revoked"]));
  });
});
