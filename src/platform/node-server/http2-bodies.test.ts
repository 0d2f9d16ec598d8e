import { describe, expect, it } from "vitest";
import {
  endHeaders,
  endStream,
  frame,
  frameTypes,
  rawH2,
  requestFields,
} from "../../../test/support/h2-frames.ts";
import { listenersOfTest } from "../../../test/support/open-listener.ts";
import type { InboundRequest } from "../../ports/server.ts";

const open = listenersOfTest();
const { data, headers, ping, reset } = frameTypes;

const bytesOf: Readonly<Record<string, (request: InboundRequest) => Promise<number>>> = {
  "in pieces": async ({ streamBody }) => {
    let size = 0;
    for await (const piece of streamBody(10) ?? []) size += piece.byteLength;
    return size;
  },
  whole: async ({ readBody }) => (await readBody(10)).byteLength,
};

describe("a request by HTTP/2", () => {
  it.for(Object.entries(bytesOf))(
    "whose body is an empty frame, seen before anybody reads, has an empty body %s",
    async ([, read]) => {
      const seen = Promise.withResolvers<void>();
      const { port } = await open((request) => {
        void seen.promise
          .then(() => read(request))
          .then((size) => request.reply.whole(200, ["x-size", String(size)], ""));
      }, {});
      const client = rawH2(port);
      client.send(
        frame(headers, endHeaders, 1, requestFields("POST")),
        frame(data, endStream, 1),
        frame(ping, 0, 0, Buffer.alloc(8)),
      );
      await client.until(({ type, flags }) => type === ping && flags === 1);
      seen.resolve();
      const answer = await client.until(({ type, stream }) => type === headers && stream === 1);
      expect(answer.flags & endStream).toBe(endStream);
      client.socket.destroy();
    },
  );

  const moments: readonly { readonly name: string; readonly later: (answer: () => void) => void }[] = [
    { name: "at once", later: (answer) => answer() },
    { name: "in the same turn", later: queueMicrotask },
    { name: "in the next turn", later: (answer) => void setImmediate(answer) },
  ];
  it.for(moments)(
    "that is answered without a body before it is whole, $name, is reset behind its answer",
    async ({ later }) => {
      const { port } = await open(({ reply }) => later(() => reply.whole(401, [], "")), {});
      const client = rawH2(port);
      client.send(frame(headers, endHeaders, 1, requestFields("POST")));
      await client.until(({ type }) => type === reset);
      const ofStream = client.frames.filter(({ stream }) => stream === 1);
      expect(ofStream.map(({ type }) => type)).toEqual([headers, reset]);
      expect(ofStream[1]?.payload.readUInt32BE(0)).toBe(0);
      client.socket.destroy();
    },
  );

  it.for(moments)("whose body nobody reads has its answer all the same, $name", async ({ later }) => {
    const { port } = await open(({ reply }) => later(() => reply.whole(401, [], "")), {});
    const client = rawH2(port);
    await client.until(({ type }) => type === frameTypes.settings);
    client.send(
      frame(headers, endHeaders, 1, requestFields("POST")),
      frame(frameTypes.windowUpdate, 0, 1, Buffer.from([0, 0, 0, 5])),
      frame(data, endStream, 1, Buffer.alloc(5)),
      frame(frameTypes.windowUpdate, 0, 0, Buffer.from([0, 0, 0, 5])),
    );
    const first = await client.until(({ stream }) => stream === 1);
    expect(first.type).toBe(headers);
    client.socket.destroy();
  });

  it("that is refused by trailers alone is told them", async () => {
    const { port } = await open(({ reply }) => {
      reply.head(200, []);
      reply.trailers(["x-status", "16"]);
      reply.end();
    }, {});
    const client = rawH2(port);
    client.send(frame(headers, endHeaders, 1, requestFields("POST")));
    await client.until(({ type }) => type === reset);
    const types = client.frames.filter(({ stream }) => stream === 1).map(({ type }) => type);
    expect(types.filter((type) => type !== data)).toEqual([headers, headers, reset]);
    client.socket.destroy();
  });
});
