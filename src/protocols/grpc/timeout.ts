import { type Milliseconds, milliseconds, minutes } from "../../kernel/units.ts";

const unitMs: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 0.001,
  n: 0.000_001,
};

/** The longest that any call may take. */
export const deadlineMax: Milliseconds = minutes(10);

/**
 * The span that `grpc-timeout` tells; `undefined` for a text that is none.
 * Source: gRPC over HTTP2, "Timeout": 1 to 8 digits and a unit.
 */
export function parseGrpcTimeout(text: string): Milliseconds | undefined {
  const match = /^(\d{1,8})([HMSmun])$/.exec(text);
  return match === null ? undefined : milliseconds(Number(match[1]) * (unitMs[match[2] ?? ""] ?? 0));
}

/** The span that `connect-timeout-ms` tells; `undefined` for a text that is none. Source: Connect protocol, "Timeout". */
export function parseConnectTimeout(text: string): Milliseconds | undefined {
  return /^\d{1,10}$/.test(text) ? milliseconds(Number(text)) : undefined;
}

/** A span as `grpc-timeout` tells it: never more than it is, in the finest unit from microseconds that has room for it. */
export function printGrpcTimeout(span: Milliseconds): string {
  const left = Math.max(0, span);
  for (const unit of ["u", "m", "S", "M"] as const) {
    // Rounded first, since 0.3 / 0.001 is a hair above 300.
    const count = Math.floor(Number((left / (unitMs[unit] ?? 1)).toPrecision(15)));
    if (count < 100_000_000) return `${count}${unit}`;
  }
  return `${Math.min(99_999_999, Math.floor(left / 3_600_000))}H`;
}

/** The time that a call has: the least of what the client gives it, what the route does, and ten minutes. */
export function deadlineOf(
  client: Milliseconds | undefined,
  route: { readonly limit?: Milliseconds },
): Milliseconds {
  return milliseconds(Math.min(client ?? deadlineMax, route.limit ?? deadlineMax, deadlineMax));
}
