import { describe, expect, it } from "vitest";
import { plainReply } from "../../test/support/plain-inbound.ts";
import { GatewayError } from "../kernel/errors.ts";
import { uuidv7 } from "../kernel/ids.ts";
import { seconds } from "../kernel/units.ts";
import { createSeededRandom, createVirtualTime } from "../platform/memory/index.ts";
import type { Reply } from "../ports/server.ts";
import { createRelays } from "./relay.ts";
import { relayResults } from "./relay-results.ts";
import { type Ending, openTrail } from "./trail.ts";

const words = {
  result: (result: string) => `[${result}]`,
  fault: ({ code }: GatewayError) => `[${code}]`,
  complete: "[complete]",
  keepAlive: ":",
};

/** A stream of results that the test says, to a client that reads when the test lets it. */
function stream() {
  const { clock, timer, advance } = createVirtualTime();
  const relays = createRelays(seconds(15));
  timer.every(seconds(5), () => relays.sweep(clock.monotonic()));
  const written: string[] = [];
  const endings: Ending[] = [];
  let hasRoom = true;
  let drain = (): void => undefined;
  let sent = (): void => undefined;
  let gone = (): void => undefined;
  const reply: Reply = {
    ...plainReply,
    whole: () => undefined,
    head: () => undefined,
    destroy: () => undefined,
    write: (chunk) => {
      written.push(String(chunk));
      return hasRoom;
    },
    end: () => {
      written.push("end");
      sent();
    },
    onDrain: (resume) => {
      drain = resume;
    },
    onGone: (tell) => {
      gone = tell;
      return () => undefined;
    },
    onSent: (tell) => {
      sent = tell;
    },
  };
  const results = new TransformStream<string, string>();
  const writer = results.writable.getWriter();
  let isGivenUp = false;
  const trail = openTrail({
    id: uuidv7(clock.now(), createSeededRandom(1).bytes(10)),
    at: clock.now(),
    startedAt: clock.monotonic(),
    monotonic: clock.monotonic,
    snapshot: undefined,
    method: "POST",
    target: "/",
  });
  const relay = relayResults(results.readable, {
    words,
    reply,
    trail,
    clock,
    relays,
    giveUp: () => {
      isGivenUp = true;
      void writer.abort(new GatewayError("client_closed", "given up")).catch(() => undefined);
    },
    onEnd: (ending) => endings.push(ending),
  });
  const over = relay.run();
  return {
    advance,
    relays,
    relay,
    trail,
    written,
    endings,
    over,
    isGivenUp: () => isGivenUp,
    say: (result: string) => writer.write(result),
    close: () => writer.close(),
    fail: (error: GatewayError) => writer.abort(error),
    block: () => {
      hasRoom = false;
    },
    read: () => {
      hasRoom = true;
      drain();
    },
    leave: () => gone(),
  };
}

describe("a stream of results", () => {
  it("is kept alive where nothing was written for 15 s, and only there", async () => {
    const { advance, say, close, over, written } = stream();
    advance(15_000);
    expect(written).toEqual([":"]);
    advance(10_000);
    await say("a");
    await expect.poll(() => written).toEqual([":", "[a]"]);
    advance(10_000);
    expect(written).toEqual([":", "[a]"]);
    advance(30_000);
    expect(written).toEqual([":", "[a]", ":", ":"]);
    await close();
    await over;
    advance(60_000);
    expect(written.slice(4)).toEqual(["[complete]", "end"]);
  });

  it("takes nothing more for a client that reads nothing, and writes no comments to it", async () => {
    const { advance, say, block, read, close, over, written } = stream();
    block();
    void say("a");
    void say("b");
    await expect.poll(() => written).toEqual(["[a]"]);
    advance(60_000);
    expect(written).toEqual(["[a]"]);
    read();
    await close();
    await over;
    expect(written).toEqual(["[a]", "[b]", "[complete]", "end"]);
  });

  it("says an error before its last word, and counts as failed", async () => {
    const { fail, over, written, endings } = stream();
    await fail(new GatewayError("upstream_stream_broken", "broken"));
    await over;
    expect(written).toEqual(["[upstream_stream_broken]", "[complete]", "end"]);
    expect(endings).toMatchObject([{ outcome: "failed", error: { code: "upstream_stream_broken" } }]);
  });

  it("is completed when it is stopped, and what it is made of is given up", async () => {
    const { relay, over, written, endings, isGivenUp } = stream();
    relay.stop();
    relay.stop(new GatewayError("unauthenticated", "too late"));
    await over;
    expect(isGivenUp()).toBe(true);
    expect(written).toEqual(["[complete]", "end"]);
    expect(endings).toEqual([{ outcome: "completed" }]);
  });

  it("is told why when the time of a drain is over, though its client reads nothing", async () => {
    const { relays, say, block, over, written } = stream();
    block();
    void say("a");
    await expect.poll(() => written).toEqual(["[a]"]);
    relays.cutAll(new GatewayError("overloaded", "shutting down"));
    expect(written).toEqual(["[a]", "[overloaded]", "[complete]", "end"]);
    await over;
    expect(relays.count()).toBe(0);
  });

  it("says nothing more to a client that is gone, though it had not read what was said", async () => {
    const { trail, say, block, leave, fail, over, written } = stream();
    block();
    void say("a");
    await expect.poll(() => written).toEqual(["[a]"]);
    trail.isSettled = true;
    void fail(new GatewayError("client_closed", "gone")).catch(() => undefined);
    leave();
    await over;
    expect(written).toEqual(["[a]"]);
  });
});
