import type { IncomingMessage } from "node:http";
import { GatewayError } from "../../kernel/errors.ts";
import type { ServerLimits } from "./settings.ts";

interface Pending {
  readonly startedAt: number;
  lastAt: number;
  received: number;
  readonly fail: (error: GatewayError) => void;
}

const graceMs = 10_000;
const sweepMs = 1000;

/** Reads request bodies whole, within bounds of size, silence and rate. One sweep a second serves all bodies: no timer per request. */
export interface BodyReader {
  /** @throws GatewayError `request_too_large`, `request_timeout`, `client_closed`. */
  readonly read: (request: IncomingMessage, bytesMax: number) => Promise<Uint8Array>;
  readonly close: () => void;
}

export function createBodyReader(
  limits: Pick<ServerLimits, "bodyIdleTimeoutMs" | "bodyRateMinBytesPerSecond">,
): BodyReader {
  const pending = new Set<Pending>();
  const sweep = setInterval(() => {
    const now = performance.now();
    for (const body of pending) {
      const tooLong = now - body.lastAt > limits.bodyIdleTimeoutMs;
      const age = now - body.startedAt;
      const tooSlow = age > graceMs && (body.received * 1000) / age < limits.bodyRateMinBytesPerSecond;
      if (tooLong || tooSlow) body.fail(slowBody(tooLong, limits));
    }
  }, sweepMs).unref();
  return {
    read: (request, bytesMax) => readWhole(request, bytesMax, pending),
    close: () => clearInterval(sweep),
  };
}

function readWhole(request: IncomingMessage, bytesMax: number, pending: Set<Pending>): Promise<Uint8Array> {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > bytesMax) return Promise.reject(tooLarge(announced, bytesMax));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const now = performance.now();
    const finish = (): void => {
      pending.delete(body);
      request.off("data", onData).off("end", onEnd).off("close", onClose);
    };
    const body: Pending = {
      startedAt: now,
      lastAt: now,
      received: 0,
      fail: (error) => {
        finish();
        request.pause();
        reject(error);
      },
    };
    const onData = (chunk: Buffer): void => {
      body.received += chunk.length;
      body.lastAt = performance.now();
      if (body.received > bytesMax) body.fail(tooLarge(body.received, bytesMax));
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      finish();
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
    };
    const onClose = (): void => {
      finish();
      reject(new GatewayError("client_closed", `the client went after ${body.received} bytes of the body`));
    };
    pending.add(body);
    request.on("data", onData).on("end", onEnd).on("close", onClose);
  });
}

function tooLarge(size: number, bytesMax: number): GatewayError {
  return new GatewayError("request_too_large", `body of at least ${size} bytes`, {
    message: `The request body is larger than ${bytesMax} bytes, the limit of this route.`,
  });
}

function slowBody(
  tooLong: boolean,
  limits: Pick<ServerLimits, "bodyIdleTimeoutMs" | "bodyRateMinBytesPerSecond">,
): GatewayError {
  const message = tooLong
    ? `No byte of the request body came for ${limits.bodyIdleTimeoutMs} ms.`
    : `The request body came slower than ${limits.bodyRateMinBytesPerSecond} bytes a second.`;
  return new GatewayError("request_timeout", message, { message });
}
