import { describe, expect, it } from "vitest";
import { Permit } from "../exchange/permit.ts";
import type { Target } from "../exchange/target.ts";
import { milliseconds } from "../kernel/units.ts";
import type { Transport, UpstreamListener, UpstreamRequest } from "../ports/transport.ts";
import { counted, flowTo } from "./counted-transport.ts";

const target: Target = {
  provider: "p",
  model: "m",
  endpoints: [],
  headTimeout: milliseconds(1000),
  idleTimeout: milliseconds(1000),
  abilities: {},
  outputTokensMax: undefined,
};

/** Sends a body, plays an answer, and tells what was counted. */
async function flowOf(body: UpstreamRequest["body"], answer: (listener: UpstreamListener) => void) {
  const flow = flowTo(target, "a");
  const told: string[] = [];
  const listener: UpstreamListener = {
    head: () => told.push("head"),
    data: (chunk) => told.push(Buffer.from(chunk).toString()),
    end: () => told.push("end"),
    failed: ({ code }) => told.push(code),
  };
  const taken: Uint8Array[] = [];
  let heard: UpstreamListener | undefined;
  let sent: UpstreamRequest["body"];
  const transport: Transport = {
    send: (request, told_) => {
      heard = told_;
      sent = request.body;
      return { pause: () => {}, resume: () => {}, abort: () => {} };
    },
    close: () => Promise.resolve(),
  };
  const request = {
    ...{ permit: new Permit("http://p"), origin: "http://p", path: "/", method: "POST", headers: [], body },
    ...{ headTimeout: target.headTimeout, idleTimeout: target.idleTimeout },
  };
  counted(transport, flow).send(request, listener);
  if (sent !== undefined && typeof sent !== "string" && !(sent instanceof Uint8Array))
    for await (const piece of sent) taken.push(piece);
  if (heard !== undefined) answer(heard);
  return { sent: flow.sent, received: flow.received, told, taken: Buffer.concat(taken).toString() };
}

async function* pieces(): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from("abc");
  yield Buffer.from("de");
}

const well = (listener: UpstreamListener): void => {
  listener.head({ status: 200, headers: new Map() });
  listener.data(Buffer.from("wo"));
  listener.data(Buffer.from("rld"));
  listener.end();
};

describe("counted", () => {
  it.for<{ name: string; body: UpstreamRequest["body"]; sent: number }>([
    { name: "bytes", body: Buffer.from("abcd"), sent: 4 },
    { name: "a text, by its bytes", body: "\u00e4\u20ac", sent: 5 },
    { name: "nothing", body: undefined, sent: 0 },
  ])("counts $name, and passes all that comes back", async ({ body, sent }) => {
    expect(await flowOf(body, well)).toMatchObject({
      sent,
      received: 5,
      told: ["head", "wo", "rld", "end"],
    });
  });

  it("counts pieces as they are taken", async () => {
    expect(await flowOf(pieces(), well)).toMatchObject({ sent: 5, taken: "abcde" });
  });

  it.for<{ wasSent: boolean; sent: number }>([
    { wasSent: true, sent: 4 },
    { wasSent: false, sent: 0 },
  ])("a body that never left is not counted: left $wasSent", async ({ wasSent, sent }) => {
    const failed = (listener: UpstreamListener): void =>
      listener.failed({ code: "upstream_unreachable", detail: "", wasSent });
    expect(await flowOf("abcd", failed)).toMatchObject({ sent, received: 0, told: ["upstream_unreachable"] });
  });
});
