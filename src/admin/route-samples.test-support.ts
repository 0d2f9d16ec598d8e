import type { ServiceRouteState, SocketState } from "../gateway/control.ts";
import { epochMs } from "../kernel/units.ts";
import { startedAt } from "./control-samples.test-support.ts";

/** A route by which something has come. */
export const sampleServiceRoute: ServiceRouteState = {
  id: "orders",
  protocol: "rest",
  path: "/orders/*",
  hosts: ["api.example.com"],
  methods: ["GET"],
  when: null,
  service: "orders",
  auth: "required",
  rewrite: null,
  traffic: {
    requests: 3,
    refused: 1,
    failed: 1,
    bytesIn: 10,
    bytesOut: 20,
    lastAt: 1_767_225_600_000,
    lastError: "upstream_failed",
  },
};

/** The same as it is answered. */
export const shownSampleServiceRoute = {
  ...sampleServiceRoute,
  traffic: {
    requests: 3,
    refused: 1,
    failed: 1,
    bytes_in: 10,
    bytes_out: 20,
    last_at: 1_767_225_600_000,
    last_error: "upstream_failed",
  },
};

/** A WebSocket that is open. */
export const sampleSocket: SocketState = {
  id: "0198b2c4-0000-7000-8000-000000000009",
  keyId: "key_1",
  keyName: "demo",
  address: "192.0.2.7",
  route: "chat",
  mode: "inspect",
  since: epochMs(startedAt),
  bytesUp: 10,
  bytesDown: 20,
  messagesUp: 1,
  messagesDown: 2,
  costNanoUsd: null,
};

/** A pair of dialects between which calls were translated. */
export const sampleTranslations = {
  ...{ client: "openai-chat", upstream: "anthropic-messages", calls: 3, bytes: 0, failed: 1 },
  warnings: [{ kind: "dropped", subject: "seed", calls: 2 }],
} as const;
