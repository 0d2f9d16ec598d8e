import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import { describe, expect, it } from "vitest";
import { endHeaders, frame, frameTypes, rawH2, requestFields } from "../../../test/support/h2-frames.ts";
import { listenersOfTest } from "../../../test/support/open-listener.ts";

/** The status and the body that answer a request whose own body nobody reads. */
function answerOn(session: ClientHttp2Session): Promise<{ readonly status: unknown; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ":method": "POST", ":path": "/" });
    let status: unknown;
    let body = "";
    stream.setEncoding("utf8");
    stream.on("response", (head) => {
      status = head[":status"];
    });
    stream.on("data", (text: string) => {
      body += text;
    });
    stream.on("error", reject);
    stream.on("close", () => resolve({ status, body }));
    stream.end(Buffer.alloc(5));
  });
}

describe("createHttp2Reply", () => {
  const open = listenersOfTest();

  it.for([
    { name: "nothing but a head", body: "" },
    { name: "a body", body: "no" },
  ])("tells $name to every request of one connection whose body is not read", async ({ body }) => {
    const { port } = await open(({ reply }) => reply.whole(403, ["x-told", "1"], body));
    const session = connect(`http://127.0.0.1:${port}`);
    session.on("error", () => undefined);
    // The reset that stops the body overtook the head on all connections but new ones.
    const told = [];
    for (let index = 0; index < 5; index += 1) told.push(await answerOn(session));
    session.close();
    expect(told).toEqual(told.map(() => ({ status: 403, body })));
  });

  it("tells of every whole answer that it was sent, also where the stream closes before its writer has finished", async () => {
    let [sent, gone] = [0, 0];
    const { port } = await open(({ readBody, reply }) => {
      reply.onSent(() => {
        sent += 1;
      });
      reply.onGone(() => {
        gone += 1;
      });
      void readBody(100).then((body) => reply.whole(200, [], body));
    });
    const session = connect(`http://127.0.0.1:${port}`);
    for (let index = 0; index < 20; index += 1) await answerOn(session);
    session.close();
    await expect.poll(() => sent + gone).toBe(20);
    expect(gone).toBe(0);
  });

  it("passes interim answers and trailers of any name but those of a connection", async () => {
    const { port } = await open(({ reply }) => {
      reply.interim(103, ["constructor", "1", "http2-settings", "AA"]);
      reply.head(200, []);
      reply.trailers(["constructor", "2", "__proto__", "3", "http2-settings", "AA"]);
      reply.end();
    });
    const session = connect(`http://127.0.0.1:${port}`);
    const stream = session.request({ ":path": "/" });
    const told: unknown[] = [];
    stream.on("headers", ({ constructor }) => told.push(constructor));
    stream.on("trailers", (trailers) => told.push(Object.entries(trailers)));
    stream.resume();
    await once(stream, "close");
    session.close();
    expect(told).toEqual([
      "1",
      [
        ["constructor", "2"],
        ["__proto__", "3"],
      ],
    ]);
  });

  it.for([
    { name: "the end of an answer", isReset: false },
    { name: "the head of another", isReset: true },
  ])("gives up a connection of which nothing is read, not even $name", async ({ isReset }) => {
    const over = new Set<string>();
    let [written, before] = [0, 0];
    const { port } = await open(
      ({ target, reply }) => {
        reply.onGone(() => over.add(target));
        reply.onSent(() => over.add(target));
        if (target === "/empty") return reply.whole(200, [], "");
        const fill = (): void => {
          written += 1;
          if (reply.write(Buffer.alloc(65_536))) return fill();
          reply.onDrain(fill);
        };
        reply.head(200, []);
        fill();
      },
      { limits: { answerStallTimeoutMs: 200 } },
    );
    const client = rawH2(port, Buffer.from([0, 4, 0x7f, 0xff, 0xff, 0xff]));
    client.socket.pause();
    client.send(frame(frameTypes.windowUpdate, 0, 0, Buffer.from([0x70, 0, 0, 0])));
    client.send(frame(frameTypes.headers, endHeaders, 1, requestFields("POST", "/large")));
    const isFull = (): boolean => {
      const isSame = before > 10 && written === before;
      before = written;
      return isSame;
    };
    await expect.poll(isFull).toBe(true);
    if (isReset)
      client.send(
        frame(frameTypes.reset, 0, 1, Buffer.from([0, 0, 0, 8])),
        frame(frameTypes.headers, endHeaders, 3, requestFields("POST", "/empty")),
      );
    const all = isReset ? ["/empty", "/large"] : ["/large"];
    await expect.poll(() => [...over].toSorted(), { timeout: 5000 }).toEqual(all);
    client.socket.destroy();
  });
});
