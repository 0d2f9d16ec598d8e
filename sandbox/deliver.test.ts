import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, it } from "vitest";
import { deliver } from "./deliver.ts";
import { createScheduler } from "./scheduler.ts";
import type { Step } from "./steps.ts";

it("waits for a reader that does not read, and forgets it when it leaves", async () => {
  const scheduler = createScheduler();
  const block = "x".repeat(64 * 1024);
  let taken = 0;
  let isForgotten = false;
  function* steps(): Iterable<Step> {
    try {
      for (; taken < 100_000; taken += 1) yield { kind: "write", atMs: 0, data: block, isApart: false };
    } finally {
      isForgotten = true;
    }
  }
  const server = createServer((_, response) =>
    deliver(response, steps(), { scheduler, startedAt: scheduler.now() }),
  );
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
  const client = connect(port, "127.0.0.1").pause();
  client.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");

  let before = -1;
  await expect
    .poll(() => {
      const isStill = taken > 0 && taken === before;
      before = taken;
      return isStill;
    })
    .toBe(true);
  expect(taken).toBeLessThan(1_000);
  expect(isForgotten).toBe(false);
  client.destroy();
  await expect.poll(() => isForgotten).toBe(true);
  await new Promise((resolve) => server.close(resolve));
});
