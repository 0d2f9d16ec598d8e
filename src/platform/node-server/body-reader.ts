import type { Readable } from "node:stream";
import { GatewayError } from "../../kernel/errors.ts";
import { createRoster, type Roster } from "../../kernel/roster.ts";
import type { BodyOptions } from "../../ports/server.ts";
import type { ServerLimits } from "./settings.ts";

interface Pending {
  readonly startedAt: number;
  lastAt: number;
  received: number;
  readonly fail: (error: GatewayError) => void;
}

const graceMs = 10_000;
const sweepMs = 1000;

/** Where a body comes from. */
export interface BodySource {
  readonly readable: Readable;
  /** While it is open, what was read of the body counts as held. */
  readonly answer: { readonly closed: boolean; readonly on: (event: "close", closed: () => void) => unknown };
  /** Asked when `readable` has ended: whether the client has ended the body, or only the connection has. */
  readonly isWhole: () => boolean;
  /** In bytes; 0: the client has not said. */
  readonly announced: number;
}

/** Reads request bodies whole, within bounds of size, silence and rate. One sweep a second serves all bodies: no timer per request. */
export interface BodyReader {
  /**
   * The body counts against the bound on all bodies until its answer is closed.
   * @throws GatewayError `request_too_large`, `request_timeout`, `overloaded`, `client_closed`.
   */
  readonly read: (source: BodySource, bytesMax: number) => Promise<Uint8Array>;
  /**
   * The body in pieces; they do not count against that bound, since at most one is held, unless the caller says that it
   * holds them.
   * @throws GatewayError as `read`, from the iteration.
   */
  readonly stream: (
    source: BodySource,
    bytesMax: number,
    options?: Pick<BodyOptions, "mayBeSilent" | "isHeld">,
  ) => AsyncIterable<Uint8Array>;
  readonly close: () => void;
}

export function createBodyReader(
  limits: Pick<ServerLimits, "bodiesBytesMax" | "bodyIdleTimeoutMs" | "bodyRateMinBytesPerSecond">,
): BodyReader {
  const pending = createRoster<Pending>();
  const room = createRoom(limits.bodiesBytesMax);
  const sweep = setInterval(() => {
    const now = performance.now();
    for (const body of pending.members()) {
      const tooLong = now - body.lastAt > limits.bodyIdleTimeoutMs;
      const age = now - body.startedAt;
      const tooSlow = age > graceMs && (body.received * 1000) / age < limits.bodyRateMinBytesPerSecond;
      if (tooLong || tooSlow) body.fail(slowBody(tooLong, limits));
    }
  }, sweepMs).unref();
  return {
    read: (source, bytesMax) => {
      const { announced } = source;
      if (announced > bytesMax) return Promise.reject(tooLarge(announced, bytesMax));
      return readWhole({ source, bytesMax, pending, take: room.holder(source.answer) });
    },
    stream: (source, bytesMax, { mayBeSilent = false, isHeld = false } = {}) =>
      inPieces(
        source,
        { bytesMax, mayBeSilent, take: isHeld ? room.holder(source.answer) : undefined },
        pending,
      ),
    close: () => clearInterval(sweep),
  };
}

/** How many bytes of bodies may be held at once. A request holds its share until its answer is over. */
function createRoom(bytesMax: number) {
  let held = 0;
  return {
    /** Takes bytes for the request that `answer` answers; `false` when they do not fit. */
    holder: (answer: BodySource["answer"]): ((size: number) => boolean) => {
      let own = 0;
      answer.on("close", () => {
        held -= own;
        own = 0;
      });
      return (size) => {
        if (held + size > bytesMax || answer.closed) return false;
        held += size;
        own += size;
        return true;
      };
    },
  };
}

function readWhole(parts: {
  readonly source: BodySource;
  readonly bytesMax: number;
  readonly pending: Roster<Pending>;
  readonly take: (size: number) => boolean;
}): Promise<Uint8Array> {
  const { source, bytesMax, pending, take } = parts;
  const request = source.readable;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const now = performance.now();
    let isDone = false;
    const finish = (): void => {
      isDone = true;
      leave();
    };
    const body: Pending = {
      startedAt: now,
      lastAt: now,
      received: 0,
      fail: (error) => {
        if (isDone) return;
        finish();
        request.pause();
        reject(error);
      },
    };
    const onData = (chunk: Buffer): void => {
      if (isDone) return;
      body.received += chunk.length;
      body.lastAt = performance.now();
      if (body.received > bytesMax) body.fail(tooLarge(body.received, bytesMax));
      else if (!take(chunk.length)) body.fail(source.answer.closed ? left() : noRoom());
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      if (isDone || !source.isWhole()) return;
      finish();
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
    };
    const left = (): GatewayError =>
      new GatewayError("client_closed", `the client went after ${body.received} bytes of the body`);
    const onClose = (): void => {
      // An error costs its stack: none is made for those that have ended well.
      if (!isDone) body.fail(left());
    };
    const leave = pending.join(body);
    // They stay until the request is gone: taking them off would cost each request more than the look at `isDone`.
    request.on("data", onData).on("end", onEnd).on("close", onClose);
    tellMissed(request, onEnd, onClose);
  });
}

/** An empty body of HTTP/2 ends by itself, also before anybody listens. */
function tellMissed(request: Readable, onEnd: () => void, onClose: () => void): void {
  if (request.readableEnded) onEnd();
  if (request.closed) onClose();
}

async function* inPieces(
  source: BodySource,
  {
    bytesMax,
    mayBeSilent,
    take,
  }: {
    readonly bytesMax: number;
    readonly mayBeSilent: boolean;
    /** Makes room for what is held; absent: no more than a piece is. */
    readonly take: ((size: number) => boolean) | undefined;
  },
  pending: Roster<Pending>,
): AsyncGenerator<Uint8Array, void> {
  const request = source.readable;
  let fault: GatewayError | undefined;
  // Nobody tells who asks late: an empty body may have ended with the turn that brought its head.
  let isEnded = request.readableEnded && source.isWhole();
  let wake = (): void => undefined;
  const body: Pending = {
    // No rate is asked for where the one who takes the pieces may be the slow one.
    startedAt: take === undefined ? Number.POSITIVE_INFINITY : performance.now(),
    lastAt: Number.POSITIVE_INFINITY,
    received: 0,
    fail: (error) => {
      if (!isEnded) fault ??= error;
      wake();
    },
  };
  const onReadable = (): void => wake();
  const onEnd = (): void => {
    if (source.isWhole()) isEnded = true;
    wake();
  };
  const left = (): GatewayError =>
    new GatewayError("client_closed", `the client went after ${body.received} bytes of the body`);
  const onClose = (): void => {
    // An error costs its stack: none is made for those that have ended well.
    if (!isEnded) body.fail(left());
  };
  request.on("readable", onReadable).on("end", onEnd).on("close", onClose);
  tellMissed(request, onEnd, onClose);
  const leave = pending.join(body);
  try {
    for (;;) {
      if (fault !== undefined) throw fault;
      const piece: unknown = request.read();
      if (piece instanceof Uint8Array) {
        body.received += piece.byteLength;
        if (body.received > bytesMax) throw tooLarge(body.received, bytesMax);
        if (take?.(piece.byteLength) === false) throw source.answer.closed ? left() : noRoom();
        yield piece;
        continue;
      }
      if (isEnded) return;
      if (!mayBeSilent) body.lastAt = performance.now();
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      body.lastAt = Number.POSITIVE_INFINITY;
    }
  } finally {
    leave();
    request.off("readable", onReadable).off("end", onEnd).off("close", onClose);
  }
}

function noRoom(): GatewayError {
  return new GatewayError("overloaded", "the bodies of all open requests fill `bodiesBytesMax`", {
    retryAfterMs: 1000,
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
