import * as z from "zod";
import { listenerSettings, streamedBodyBytesMax, targetLimits } from "./listener-settings.ts";

const kibibyte = 1024;
const port = z.int().min(0).max(65_535);
const host = z
  .string()
  .regex(/^[A-Za-z0-9._:-]+$/, "must be a host name or an IP address, without scheme, brackets or port");
const spanMs = z.int().min(0).max(86_400_000);

/** `server.limits`: what one listener bears. Source of the defaults: protocols specification, part 0. */
const serverLimits = z
  .strictObject({
    headerBytesMax: z
      .int()
      .min(kibibyte)
      .max(kibibyte ** 2)
      .default(16 * kibibyte)
      .describe("Request line and headers together, in bytes."),
    headersMax: z.int().min(1).max(2000).default(100).describe("Header fields in one request."),
    bodyBytesMax: z
      .int()
      .min(kibibyte)
      .max(kibibyte ** 3)
      .default(20 * kibibyte ** 2)
      .describe("Body of an AI request, in bytes."),
    streamedBodyBytesMax,
    ...targetLimits,
    bodiesBytesMax: z
      .int()
      .min(kibibyte ** 2)
      .default(512 * kibibyte ** 2)
      .describe(
        "Bodies of all open requests together, in bytes: what does not fit is refused with `overloaded`.",
      ),
    headersTimeoutMs: spanMs.min(100).default(10_000).describe("Time in which the headers must be complete."),
    bodyIdleTimeoutMs: spanMs.min(100).default(30_000).describe("Longest silence inside a request body."),
    bodyRateMinBytesPerSecond: z
      .int()
      .min(0)
      .default(kibibyte)
      .describe("Lowest rate of a request body after its first ten seconds; 0: none."),
    answerStallTimeoutMs: spanMs
      .min(100)
      .default(30_000)
      .describe(
        "Longest time for which a client takes nothing of an answer that waits for it; then the connection is broken.",
      ),
    keepAliveTimeoutMs: spanMs.default(75_000).describe("How long an idle connection is kept."),
    requestsPerConnectionMax: z.int().min(1).default(10_000).describe("Then the connection is closed."),
    connectionsMax: z
      .int()
      .min(1)
      .default(10_000)
      .describe("Connections in all; one more is closed at once."),
    connectionsPerClientMax: z.int().min(1).default(512).describe("Connections of one client address."),
  })
  .refine(({ bodyBytesMax, bodiesBytesMax }) => bodyBytesMax <= bodiesBytesMax, {
    path: ["bodiesBytesMax"],
    error: "must be at least `bodyBytesMax`, or the largest body would never fit",
  })
  .prefault({})
  .describe("What one listener bears. Exceeding a limit never harms another request.");

/** The `server` section: the data plane, where clients send their requests. */
export const serverSettings = z
  .strictObject({
    host: host.default("127.0.0.1").describe("Address to listen on. `0.0.0.0`: all of IPv4, `::`: all."),
    port: port.default(7227).describe("0: any free port."),
    shutdownDelayMs: spanMs
      .default(0)
      .describe("Time between turning unready and refusing connections at SIGTERM."),
    drainTimeoutMs: spanMs
      .default(30_000)
      .describe("How long requests and streams in flight may go on after SIGTERM before they are cut."),
    limits: serverLimits,
    ...listenerSettings,
  })
  .prefault({})
  .describe("The data plane: where clients send their requests.");

/** The `admin` section: admin API, dashboard, health and metrics. */
export const adminSettings = z
  .strictObject({
    host: host
      .default("127.0.0.1")
      .describe("Address to listen on; anything but loopback needs `allowRemote`."),
    port: port.default(7228).describe("0: any free port."),
    allowRemote: z
      .boolean()
      .default(false)
      .describe(
        "Whether the admin port may be reached from other machines. It speaks plain HTTP: put TLS before it.",
      ),
    hosts: z
      .array(host.max(253))
      .max(100)
      .default([])
      .describe(
        "Names under which browsers may reach the admin port, such as that of a proxy before it. Addresses, `localhost` and `host` are answered anyway; any other name is refused, so that no web page can reach it by a name of its own.",
      ),
  })
  .prefault({})
  .describe("The admin API, the dashboard, health and metrics, on a port of their own.");

export type ServerSettings = z.output<typeof serverSettings>;
export type AdminSettings = z.output<typeof adminSettings>;
