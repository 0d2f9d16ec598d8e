import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  Health,
  HealthCheckRequestSchema,
  HealthCheckResponseSchema,
  HealthCheckResponse_ServingStatus as Serving,
} from "../../src/platform/protobuf/generated/grpc/health/v1/health_pb.ts";
import { type AiStand, aiStand } from "../support/grpc/ai-stand.ts";
import { grpcJsClient, ownWays } from "../support/grpc/own-clients.ts";
import { prefixed, rawOwn } from "../support/grpc/raw-own.ts";

let stand: AiStand;
beforeAll(async () => {
  stand = await aiStand();
});
afterAll(async () => stand[Symbol.asyncDispose]());

const check = {
  path: "/grpc.health.v1.Health/Check",
  asks: HealthCheckRequestSchema,
  tells: HealthCheckResponseSchema,
};
const watch = { ...check, path: "/grpc.health.v1.Health/Watch" };

describe.for(ownWays)("grpc.health.v1.Health by $name, without a key", ({ open }) => {
  const client = () => createClient(Health, open(stand.origin));

  it.for(["", "liveness", "readiness", "ai.v1.ChatService", "grpc.health.v1.Health"])(
    "tells that `%s` serves",
    async (service) => {
      expect((await client().check({ service })).status).toBe(Serving.SERVING);
    },
  );

  it("knows no other name", async () => {
    const failure = await client()
      .check({ service: "a.B" })
      .catch((thrown: unknown) => ConnectError.from(thrown));
    expect(failure).toMatchObject({ code: Code.NotFound });
  });

  it("tells it at once to who watches, and ends at its deadline", async () => {
    const told: Serving[] = [];
    const watching = (async () => {
      for await (const { status } of client().watch({ service: "a.B" }, { timeoutMs: 300 }))
        told.push(status);
    })();
    await expect(watching).rejects.toMatchObject({ code: Code.DeadlineExceeded });
    expect(told).toEqual([Serving.SERVICE_UNKNOWN]);
  });
});

describe("grpc.health.v1.Health", () => {
  it("tells who watches that the gateway drains, and lets go of them when it closes", async () => {
    await using draining = await aiStand();
    const client = grpcJsClient(draining.origin, undefined);
    const begun = Promise.withResolvers<void>();
    const changed = Promise.withResolvers<void>();
    const of = (service: string, onMessage: () => void) =>
      client.ask(watch, { service }, { isStream: true, onMessage });
    let messages = 0;
    const ready = of("", () => {
      messages += 1;
      if (messages === 2) changed.resolve();
    });
    const alive = of("liveness", () => begun.resolve());
    await begun.promise;
    await expect.poll(() => messages).toBe(1);

    draining.gateway.booted.startDraining();
    await changed.promise;
    expect((await client.ask(check, { service: "" })).messages).toMatchObject([
      { status: Serving.NOT_SERVING },
    ]);
    expect((await client.ask(check, { service: "liveness" })).messages).toMatchObject([
      { status: Serving.SERVING },
    ]);

    // Watchers alone do not hold up the end, however long calls may take to end.
    const startedAt = performance.now();
    await draining.gateway.booted.close(20_000);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(await ready).toMatchObject({
      code: 14,
      messages: [{ status: Serving.SERVING }, { status: Serving.NOT_SERVING }],
    });
    expect(await alive).toMatchObject({ code: 14, messages: [{ status: Serving.SERVING }] });
    client.close();
  });

  it("has no other methods, and takes no long messages", async () => {
    const other = await rawOwn(stand.origin, "/grpc.health.v1.Health/Cure", { body: Buffer.alloc(5) });
    expect(other.code).toBe(12);
    const long = await rawOwn(stand.origin, check.path, { body: prefixed(Buffer.alloc(5000)) });
    expect(long.code).toBe(8);
  });

  it("refuses the thousand and first watcher, and has room again when one goes", async () => {
    const ways = Array.from({ length: 10 }, () => grpcJsClient(stand.origin, undefined));
    const giveUps: (() => void)[] = [];
    const watching = ways.flatMap((client) =>
      Array.from({ length: 100 }, () =>
        client.ask(
          watch,
          { service: "" },
          {
            isStream: true,
            onMessage: (cancel) => {
              giveUps.push(cancel);
            },
          },
        ),
      ),
    );
    await expect.poll(() => giveUps.length, { timeout: 20_000 }).toBe(1000);
    // The connections of the others have no more streams.
    const client = grpcJsClient(stand.origin, undefined);
    const one = () => client.ask(watch, { service: "" }, { isStream: true, onMessage: (cancel) => cancel() });
    expect(await one()).toMatchObject({ code: 14 });
    giveUps.pop()?.();
    await expect.poll(async () => (await one()).messages.length).toBe(1);
    for (const giveUp of giveUps) giveUp();
    for (const used of [...ways, client]) used.close();
    await Promise.all(watching);
  });
});
