import { describe, expect, it } from "vitest";
import { milliseconds } from "../kernel/units.ts";
import { createRecordingLogger, createVirtualTime } from "../platform/memory/index.ts";
import { createMeter } from "../platform/prometheus/index.ts";
import { createUntrustedNotes } from "./untrusted-documents.ts";

function opened() {
  const time = createVirtualTime();
  const logger = createRecordingLogger();
  const meter = createMeter();
  const note = createUntrustedNotes({ meter, logger, clock: time.clock });
  const run = (hash: string, route = "graph"): void =>
    note(route, { type: "query", name: "Users", hash }, () => `id of ${hash}`);
  return { time, meter, run, lines: () => logger.lines() };
}

describe("createUntrustedNotes", () => {
  it("counts each, and names each document of a route once", () => {
    const { meter, run, lines } = opened();
    for (let times = 0; times < 3; times += 1) run("0123456789abcdef");
    run("0123456789abcdef", "other");
    expect(lines()).toHaveLength(2);
    expect(lines()[0]).toMatchObject({
      level: "warn",
      fields: {
        ...{ route: "graph", type: "query", operation: "Users" },
        ...{ digest: "0123456789ab", documentId: "sha256:id of 0123456789abcdef" },
      },
    });
    expect(meter.text()).toContain('sallyport_graphql_untrusted_total{route="graph"} 3\n');
  });

  it("writes no more than thirty lines a minute, and names what it left out when that comes again", () => {
    const { time, meter, run, lines } = opened();
    for (let index = 0; index < 100; index += 1) run(`document ${index}`);
    expect(lines()).toHaveLength(30);
    time.advance(milliseconds(60_000));
    for (let index = 0; index < 40; index += 1) run(`document ${index}`);
    expect(lines()).toHaveLength(40);
    expect(meter.text()).toContain('sallyport_graphql_untrusted_total{route="graph"} 140\n');
  });
});
