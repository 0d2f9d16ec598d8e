import type { RequestRecord } from "../exchange/settlement.ts";
import { createRoster, type Roster } from "../kernel/roster.ts";
import type { Counter, Meter } from "../ports/meter.ts";
import { codeOf, grpcCode, statusName } from "../protocols/grpc/index.ts";

/** The calls of gRPC by one route since the process began. */
export interface GrpcTraffic {
  /** Ended, those that were refused included. */
  readonly calls: number;
  readonly openStreams: number;
  /** From clients. */
  readonly messagesIn: number;
  /** To clients. */
  readonly messagesOut: number;
  /** By the name of the status that the client was told: `OK`, `UNAVAILABLE`. */
  readonly byCode: Readonly<Record<string, number>>;
}

/** Messages of one call up to now. */
interface Messages {
  readonly in: number;
  readonly out: number;
}

/** Counts the calls of routes. */
export interface GrpcTally {
  /** A call is on its way; `messages` is asked whenever somebody looks. @returns It is over; a second call does nothing. */
  readonly begun: (route: string, messages: () => Messages) => () => void;
}

export interface GrpcTallies extends GrpcTally {
  readonly settled: (record: RequestRecord) => void;
  readonly of: (route: string) => GrpcTraffic;
}

interface Open {
  readonly messages: () => Messages;
  /** What of them the meter has been told. */
  told: Messages;
}

interface Tally {
  calls: number;
  /** Of calls that are over. */
  messages: Messages;
  readonly open: Roster<Open>;
  readonly byCode: Map<string, number>;
  readonly meters: { readonly in: Counter; readonly out: Counter };
}

/** Counts by the names of routes, which are those of a configuration. */
export function createGrpcTallies(meter: Meter): GrpcTallies {
  const calls = meter.counter({
    name: "sallyport_grpc_calls_total",
    help: "Calls of gRPC that have ended, by the status that the client was told.",
    labels: ["route", "code"],
  });
  const messages = meter.counter({
    name: "sallyport_grpc_messages_total",
    help: "Messages of gRPC: up to services, down to clients.",
    labels: ["route", "direction"],
  });
  const streams = meter.gauge({
    name: "sallyport_grpc_streams_open",
    help: "Calls of gRPC on their way.",
    labels: ["route"],
  });
  const known = new Map<string, Tally>();
  const tallyOf = (route: string): Tally => {
    const tally = known.get(route) ?? {
      calls: 0,
      messages: nothing,
      open: createRoster<Open>(),
      byCode: new Map<string, number>(),
      meters: {
        in: messages.series({ route, direction: "up" }),
        out: messages.series({ route, direction: "down" }),
      },
    };
    known.set(route, tally);
    return tally;
  };
  meter.onRead(() => {
    for (const [route, { open, meters }] of known) {
      streams.series({ route }).set(open.size());
      for (const call of open.members()) tell(call, meters);
    }
  });
  return {
    begun: (route, counts) => {
      const tally = tallyOf(route);
      const call: Open = { messages: counts, told: nothing };
      const leave = tally.open.join(call);
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        leave();
        tell(call, tally.meters);
        tally.messages = together(tally.messages, call.told);
      };
    },
    settled: (record) => {
      const { route } = record;
      const code = codeTold(record);
      if (route === undefined || code === undefined) return;
      const tally = tallyOf(route);
      const name = statusName(code);
      tally.calls += 1;
      tally.byCode.set(name, (tally.byCode.get(name) ?? 0) + 1);
      calls.series({ route, code: name }).add(1);
    },
    of: (route) => {
      const tally = known.get(route);
      if (tally === undefined) return { calls: 0, openStreams: 0, messagesIn: 0, messagesOut: 0, byCode: {} };
      const open = tally.open.members();
      const sum = open.map((call) => call.messages()).reduce(together, tally.messages);
      return {
        calls: tally.calls,
        openStreams: open.length,
        messagesIn: sum.in,
        messagesOut: sum.out,
        byCode: Object.fromEntries(tally.byCode),
      };
    },
  };
}

const nothing: Messages = { in: 0, out: 0 };
const together = (one: Messages, other: Messages): Messages => ({
  in: one.in + other.in,
  out: one.out + other.out,
});

function tell(call: Open, meters: Tally["meters"]): void {
  const { told } = call;
  call.told = call.messages();
  meters.in.add(call.told.in - told.in);
  meters.out.add(call.told.out - told.out);
}

/** The status of a call; `undefined`: it was none, or a browser's question whether it may call. */
function codeTold({ dialect, grpcStatus, outcome, code }: RequestRecord): number | undefined {
  if (dialect !== "grpc") return undefined;
  if (grpcStatus !== undefined) return grpcStatus;
  if (outcome === "aborted") return grpcCode.canceled;
  return code === null ? undefined : codeOf(code);
}
