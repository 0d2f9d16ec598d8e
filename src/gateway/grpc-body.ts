import { GatewayError } from "../kernel/errors.ts";
import type { Trail } from "../pipeline/trail.ts";
import { errorOfFault, type RequestBody, statusOfFault } from "../protocols/grpc/index.ts";

/** Counts the bytes that go up. */
export async function* counting(
  pieces: AsyncIterable<Uint8Array>,
  trail: Trail<unknown>,
): AsyncGenerator<Uint8Array, void> {
  trail.bytesIn = 0;
  for await (const piece of pieces) {
    trail.bytesIn += piece.byteLength;
    yield piece;
  }
}

/** The client's body as messages of gRPC; what is wrong with them ends the call. */
export async function* upstreamBody(
  request: RequestBody,
  pieces: AsyncIterable<Uint8Array> | undefined,
  stop: (error: GatewayError, status?: ReturnType<typeof statusOfFault>) => void,
): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const piece of pieces ?? []) {
      const { chunks, fault } = request.push(piece);
      yield* chunks;
      if (fault !== undefined) return stop(errorOfFault(fault, "request"), statusOfFault(fault));
    }
    const { chunks, fault } = request.end();
    yield* chunks;
    if (fault !== undefined) stop(errorOfFault(fault, "request"), statusOfFault(fault));
  } catch (thrown) {
    stop(GatewayError.from(thrown));
    throw thrown;
  }
}
