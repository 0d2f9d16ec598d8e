import { readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rawClient } from "../support/raw-client.ts";
import { rawUpstream } from "../support/raw-upstream.ts";
import { type NodeOrigin, nodeOrigin, requestText, restGateway } from "../support/rest-gateway.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";

const piece = Buffer.alloc(64 * 1024, "x");
const mib = 1024 * 1024;
const sizeBytes = 200 * mib;
/** The most that the gateway may grow while so much passes. */
const growthBytesMax = 32 * mib;

let origin: NodeOrigin;
let gateway: RunningGateway;

/** Writes so many bytes, no faster than they are taken. */
function pour(
  into: {
    write: (chunk: Buffer) => boolean;
    once: (event: "drain", then: () => void) => unknown;
    end: () => unknown;
  },
  bytes: number,
): void {
  let left = bytes;
  const on = (): void => {
    while (left > 0) {
      left -= piece.length;
      if (!into.write(piece)) {
        into.once("drain", on);
        return;
      }
    }
    into.end();
  };
  on();
}

beforeAll(async () => {
  origin = await nodeOrigin((request, response) => {
    if (request.method === "GET") {
      pour(response, Number(request.url?.split("/").at(-1)) * mib);
      return;
    }
    let taken = 0;
    request.on("data", (chunk: Buffer) => {
      taken += chunk.length;
    });
    request.on("end", () => response.end(String(taken)));
  });
  gateway = await runGateway({
    config: `providers: { nobody: { dialect: openai-chat, baseUrl: "http://127.0.0.1:9/v1", models: ["none"] } }
services: { s: { baseUrl: "${origin.url}" } }
routes: { r: { service: s, path: /*, auth: none, bodyBytesMax: ${2 * sizeBytes} } }
`,
  });
});
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await origin[Symbol.asyncDispose]();
});

const residentBytes = (): number =>
  1024 * Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${gateway.child.pid}/status`, "utf8"))?.[1]);

/** The most that was resident until `over`. */
async function peakUntil<Value>(
  over: Promise<Value>,
): Promise<{ readonly value: Value; readonly peak: number }> {
  let peak = 0;
  const look = setInterval(() => {
    peak = Math.max(peak, residentBytes());
  }, 20);
  try {
    return { value: await over, peak };
  } finally {
    clearInterval(look);
  }
}

const download = (size: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const call = httpRequest(`${gateway.url}/get/${size / mib}`, (response) => {
      let taken = 0;
      response.on("data", (chunk: Buffer) => {
        taken += chunk.length;
      });
      response.on("end", () => resolve(taken));
      response.on("error", reject);
    });
    call.on("error", reject).end();
  });

const upload = (size: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const call = httpRequest(`${gateway.url}/put`, { method: "PUT" }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += String(chunk);
      });
      response.on("end", () => resolve(Number(text)));
    });
    call.on("error", reject);
    pour(call, size);
  });

describe("200 MB in a stream", () => {
  it.for([
    ["down", download],
    ["up", upload],
  ] as const)("pass %s, and are held nowhere", async ([, pass]) => {
    // What a first stream takes is taken once.
    await pass(sizeBytes / 4);
    const before = residentBytes();
    const { value, peak } = await peakUntil(pass(sizeBytes));
    expect(value).toBe(sizeBytes);
    expect(peak - before).toBeLessThan(growthBytesMax);
  });
});

describe("who does not read", () => {
  it("holds the service back, and takes the rest later", async () => {
    let written = 0;
    let isHeld = false;
    await using slow = await nodeOrigin((_, response) => {
      const on = (): void => {
        while (written < sizeBytes / 4) {
          written += piece.length;
          if (!response.write(piece)) {
            isHeld = true;
            response.once("drain", on);
            return;
          }
        }
        response.end("the end");
      };
      on();
    });
    await using two = await restGateway(
      `services: { s: { baseUrl: "${slow.url}" } }\nroutes: { r: { service: s, path: /*, auth: none } }`,
    );
    const client = rawClient(two.port);
    client.socket.pause();
    client.socket.write(requestText("GET /a", ["connection: close"]));
    await quiet(() => written);
    expect(isHeld).toBe(true);
    expect(written).toBeLessThan(sizeBytes / 8);
    client.socket.resume();
    expect(await client.closed).toMatch(/the end\r\n0\r\n\r\n$/);
  });

  it("holds the client back", async () => {
    await using slow = await rawUpstream();
    slow.read(false);
    await using two = await restGateway(
      `services: { s: { baseUrl: "${slow.url}" } }\nroutes: { r: { service: s, path: /*, auth: none } }`,
    );
    const client = rawClient(two.port);
    client.socket.write(requestText("POST /a", [`content-length: ${sizeBytes / 4}`]));
    pour(client.socket, sizeBytes / 4);
    await quiet(() => client.socket.bytesWritten - client.socket.writableLength);
    expect(client.socket.bytesWritten).toBeLessThan(sizeBytes / 8);
    client.socket.destroy();
  });
});

/** Once a figure that has begun to grow stays. */
async function quiet(figure: () => number): Promise<void> {
  let last = -1;
  let same = 0;
  await expect
    .poll(
      () => {
        const now = figure();
        same = now === last && now > 0 ? same + 1 : 0;
        last = now;
        return same;
      },
      { interval: 50, timeout: 10_000 },
    )
    .toBeGreaterThan(5);
}
