import { describe, expect, it } from "vitest";
import type { RequestRecord } from "../exchange/settlement.ts";
import { createMeter } from "../platform/prometheus/index.ts";
import { createGrpcTallies } from "./grpc-tallies.ts";

const record = (more: Partial<RequestRecord>) =>
  ({ route: "echo", dialect: "grpc", outcome: "completed", code: null, ...more }) as RequestRecord;

describe("createGrpcTallies", () => {
  it.for<{ name: string; ended: Partial<RequestRecord>; byCode: Record<string, number> }>([
    { name: "a status", ended: { grpcStatus: 0 }, byCode: { OK: 1 } },
    { name: "a status of the service's own", ended: { grpcStatus: 9 }, byCode: { FAILED_PRECONDITION: 1 } },
    { name: "a status that there is not", ended: { grpcStatus: 77 }, byCode: { UNKNOWN: 1 } },
    {
      name: "a client that went",
      ended: { outcome: "aborted", code: "client_closed" },
      byCode: { CANCELLED: 1 },
    },
    {
      name: "a refusal by its row of the catalogue",
      ended: { outcome: "refused", code: "unauthenticated" },
      byCode: { UNAUTHENTICATED: 1 },
    },
    { name: "nothing of a browser's question", ended: {}, byCode: {} },
    { name: "nothing of other protocols", ended: { dialect: "rest", grpcStatus: 0 }, byCode: {} },
  ])("counts $name", ({ ended, byCode }) => {
    const meter = createMeter();
    const tallies = createGrpcTallies(meter);
    tallies.settled(record(ended));
    expect(tallies.of("echo")).toMatchObject({ calls: Object.keys(byCode).length, byCode });
    for (const code of Object.keys(byCode))
      expect(meter.text()).toContain(`sallyport_grpc_calls_total{route="echo",code="${code}"} 1\n`);
  });

  it("tells the messages of calls on their way and of those that are over, each once", () => {
    const meter = createMeter();
    const tallies = createGrpcTallies(meter);
    const counts = { in: 1, out: 0 };
    const over = tallies.begun("echo", () => ({ ...counts }));
    expect(tallies.of("echo")).toMatchObject({ openStreams: 1, messagesIn: 1, messagesOut: 0 });
    expect(meter.text()).toContain('sallyport_grpc_messages_total{route="echo",direction="up"} 1\n');
    counts.in = 2;
    counts.out = 5;
    expect(meter.text()).toContain('sallyport_grpc_messages_total{route="echo",direction="up"} 2\n');
    expect(meter.text()).toContain('sallyport_grpc_streams_open{route="echo"} 1\n');
    over();
    over();
    tallies.begun("echo", () => ({ in: 10, out: 10 }))();
    expect(tallies.of("echo")).toMatchObject({ openStreams: 0, messagesIn: 12, messagesOut: 15 });
    const text = meter.text();
    expect(text).toContain('sallyport_grpc_messages_total{route="echo",direction="up"} 12\n');
    expect(text).toContain('sallyport_grpc_messages_total{route="echo",direction="down"} 15\n');
    expect(text).toContain('sallyport_grpc_streams_open{route="echo"} 0\n');
  });
});
