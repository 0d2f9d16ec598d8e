import { describe, expect, it } from "vitest";
import {
  endHeaders,
  endStream,
  frame,
  type RawFrame,
  type RawH2,
  rawH2,
  requestFields,
  frameTypes as types,
} from "../../../test/support/h2-frames.ts";
import { listenersOfTest } from "../../../test/support/open-listener.ts";
import { rawClient } from "../../../test/support/raw-client.ts";
import type { InboundRequest, Reply } from "../../ports/server.ts";

const whole = endHeaders | endStream;
const lastStreamOf = ({ payload }: RawFrame): number => payload.readUInt32BE(0);
const isHeadOf =
  (id: number) =>
  ({ type, stream }: RawFrame): boolean =>
    type === types.headers && stream === id;
/** nghttp2 says the same once more when the connection ends. */
const goawaysOf = ({ frames }: RawH2): ReadonlySet<number> =>
  new Set(frames.filter(({ type }) => type === types.goaway).map(lastStreamOf));

/** Replies that wait to be given, by path. */
function held(): { readonly take: (inbound: InboundRequest) => void; readonly replies: Map<string, Reply> } {
  const replies = new Map<string, Reply>();
  return {
    take: ({ target, reply }) => {
      if (target.startsWith("/held")) replies.set(target, reply);
      else reply.whole(200, [], "ok");
    },
    replies,
  };
}

describe("a listener that drains", () => {
  const open = listenersOfTest();

  it("tells a client of HTTP/2 the last stream that it takes, so that what comes later may be asked elsewhere", async () => {
    const { take, replies } = held();
    const { port, engine } = await open(take);
    const client = rawH2(port);
    client.send(frame(types.headers, whole, 1, requestFields("GET", "/held")));
    await expect.poll(() => replies.size).toBe(1);
    const drained = engine.drain(10_000);
    await client.until(({ type }) => type === types.goaway);
    client.send(frame(types.headers, whole, 3, requestFields("GET", "/held-too")));
    replies.get("/held")?.whole(200, [], "late");
    await client.until(isHeadOf(1));
    await client.closed;
    await drained;
    expect(goawaysOf(client)).toEqual(new Set([1]));
    expect([...replies.keys()]).toEqual(["/held"]);
  });

  it("ends at once the connections on which nothing is asked", async () => {
    const { take } = held();
    const { port, engine } = await open(take);
    const over2 = rawH2(port);
    over2.send(frame(types.headers, whole, 1, requestFields()));
    await over2.until(isHeadOf(1));
    const over1 = rawClient(port);
    over1.socket.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    await over1.until(/ok$/);
    const before = performance.now();
    await engine.drain(10_000);
    await Promise.all([over1.closed, over2.closed]);
    expect(performance.now() - before).toBeLessThan(2000);
    expect(goawaysOf(over2)).toEqual(new Set([1]));
  });
});
