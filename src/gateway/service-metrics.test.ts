import { describe, expect, it } from "vitest";
import type { RequestRecord } from "../exchange/settlement.ts";
import { createMeter } from "../platform/prometheus/index.ts";
import { createRequestMetrics } from "./metrics.ts";

const record = (more: Partial<RequestRecord>) =>
  ({
    method: "GET",
    dialect: "rest",
    route: "orders",
    provider: "orders",
    lane: "service",
    upstreamModel: null,
    status: 200,
    outcome: "completed",
    code: null,
    durationMs: 5,
    usage: null,
    cost: null,
    warnings: [],
    stages: [],
    attempts: [],
    ...more,
  }) as unknown as RequestRecord;

/** The lines of the exposition that are about a metric, without its help. */
function linesOf(name: string, ...records: readonly RequestRecord[]): readonly string[] {
  const meter = createMeter();
  const { measure } = createRequestMetrics(meter, () => false);
  for (const one of records) measure(one);
  return meter
    .text()
    .split("\n")
    .filter((line) => line.startsWith(name));
}

describe("measure", () => {
  it.for<{ name: string; request: Partial<RequestRecord>; labels: string }>([
    {
      name: "a request to a service by its route",
      request: {},
      labels: 'route="orders",method_class="GET",status_class="2xx"',
    },
    {
      name: "an unheard-of method, which clients choose, as `other`",
      request: { method: "BREW", status: 418 },
      labels: 'route="orders",method_class="other",status_class="4xx"',
    },
    {
      name: "a call of AI by its dialect",
      request: { method: "POST", route: undefined as never, dialect: "openai-chat" },
      labels: 'route="openai-chat",method_class="POST",status_class="2xx"',
    },
    {
      name: "what came to no route",
      request: { route: undefined as never, dialect: null, status: 404 },
      labels: 'route="none",method_class="GET",status_class="4xx"',
    },
  ])("counts $name", ({ request, labels }) => {
    expect(linesOf("sallyport_http_requests_total", record(request))).toEqual([
      `sallyport_http_requests_total{${labels}} 1`,
    ]);
  });

  it("counts every refusal by the word of whoever refused, else by its code", () => {
    const refused = { outcome: "refused", code: "malformed_request", status: 400 } as const;
    const lines = linesOf(
      "sallyport_http_rejected_total",
      record({ ...refused, reason: "target_escape" }),
      record({ ...refused, code: "route_not_found", status: 404 }),
      record({ outcome: "failed", code: "upstream_failed", reason: "schema" }),
    );
    expect(lines).toEqual([
      'sallyport_http_rejected_total{reason="target_escape"} 1',
      'sallyport_http_rejected_total{reason="route_not_found"} 1',
    ]);
  });

  it("takes no service for a model", () => {
    const calls = [record({}), record({ dialect: "grpc", route: "echo" })];
    expect(linesOf("sallyport_llm_calls_total", ...calls)).toEqual([]);
    expect(linesOf("sallyport_tokens_total", ...calls)).toEqual([]);
    expect(
      linesOf("sallyport_http_request_duration_seconds_count", ...calls).map((line) => line.split("{")[1]),
    ).toEqual([
      'route="orders",protocol="rest",status_class="2xx"} 1',
      'route="echo",protocol="grpc",status_class="2xx"} 1',
    ]);
  });
});
