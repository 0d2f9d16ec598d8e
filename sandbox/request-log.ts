/** One request as it was received, and what became of it. */
export interface LoggedRequest {
  readonly ordinal: number;
  /** Unix time in milliseconds. */
  readonly receivedAt: number;
  readonly method: string;
  readonly path: string;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  readonly body: Uint8Array;
  /** `undefined` while no answer has begun. */
  status: number | undefined;
  ending: "open" | "complete" | "reset" | "aborted";
}

/** The last requests, bounded in number and in bytes; the oldest go first. */
export interface RequestLog {
  readonly add: (request: Omit<LoggedRequest, "ordinal" | "status" | "ending">) => LoggedRequest;
  readonly clear: () => void;
  /** All requests kept that came after number `after`, oldest first, with bodies in base64. */
  readonly print: (after: number) => string;
  readonly size: () => { readonly requests: number; readonly bytes: number };
}

const requestsMax = 2_000;
const bytesMax = 64 * 1024 * 1024;

export function createRequestLog(): RequestLog {
  const kept = new Map<number, LoggedRequest>();
  let ordinal = 0;
  let bytes = 0;
  return { add, clear, print, size: () => ({ requests: kept.size, bytes }) };

  function add(request: Omit<LoggedRequest, "ordinal" | "status" | "ending">): LoggedRequest {
    ordinal += 1;
    const logged: LoggedRequest = { ...request, ordinal, status: undefined, ending: "open" };
    kept.set(ordinal, logged);
    bytes += request.body.length;
    for (const [number, oldest] of kept) {
      if (kept.size <= requestsMax && bytes <= bytesMax) break;
      kept.delete(number);
      bytes -= oldest.body.length;
    }
    return logged;
  }

  function clear(): void {
    kept.clear();
    bytes = 0;
  }

  function print(after: number): string {
    const requests = [...kept.values()]
      .filter((request) => request.ordinal > after)
      .map(({ body, ...request }) => ({ ...request, bodyBase64: Buffer.from(body).toString("base64") }));
    return JSON.stringify({ requests });
  }
}
