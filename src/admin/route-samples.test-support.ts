import type { ServiceRouteState } from "../gateway/control.ts";

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
