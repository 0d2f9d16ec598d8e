import { describe, expect, it } from "vitest";
import { inboundRequest, recordedReply } from "../../test/support/recorded-reply.ts";
import { createVirtualTime } from "../platform/memory/index.ts";
import { createMessageForms } from "../platform/protobuf/index.ts";
import { knownFlavourOf } from "../protocols/grpc/index.ts";
import { createGrpcHealth } from "./grpc-health.ts";

const emptyMessage = Uint8Array.from([0, 0, 0, 0, 0]);

function health() {
  const forms = createMessageForms();
  return createGrpcHealth({
    forms: () => Promise.resolve(forms),
    timer: createVirtualTime().timer,
    isReady: () => true,
  });
}

describe("createGrpcHealth", () => {
  /** Watches; its message comes once `when` is there. */
  const watched = (
    taker: ReturnType<typeof health>,
    when: Promise<void>,
    contentType = "application/grpc",
  ) => {
    const spoken = knownFlavourOf(contentType) ?? expect.fail("no gRPC");
    const answer = recordedReply();
    const inbound = inboundRequest({
      target: "/grpc.health.v1.Health/Watch",
      headers: { "content-type": contentType },
      reply: answer.reply,
    });
    const streamBody = async function* () {
      await when;
      yield contentType === "application/json" ? Buffer.from("{}") : emptyMessage;
    };
    taker.take({ ...inbound, streamBody }, "Watch", spoken);
    return answer;
  };

  it("has room for so many watchers, however many ask before any of them is understood", async () => {
    const said = Promise.withResolvers<void>();
    const taker = health();
    const answers = Array.from({ length: 1002 }, () => watched(taker, said.promise));
    said.resolve();
    await expect.poll(() => answers.every((answer) => answer.status() !== 0)).toBe(true);
    expect(answers.filter((answer) => answer.isEnded())).toHaveLength(2);
    taker.close();
    expect(answers.every((answer) => answer.isEnded())).toBe(true);
  });

  it("lets nobody watch whose message comes when it has closed", async () => {
    const said = Promise.withResolvers<void>();
    const taker = health();
    const answer = watched(taker, said.promise);
    taker.close();
    said.resolve();
    await expect.poll(() => answer.status()).toBe(200);
    expect(answer.header("grpc-status")).toBe("14");
  });

  it("tells who would wait for one answer alone that there are many", async () => {
    const taker = health();
    const answer = watched(taker, Promise.resolve(), "application/json");
    await expect.poll(() => answer.status()).toBe(415);
    expect(answer.isEnded()).toBe(true);
  });
});
