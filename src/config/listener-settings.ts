import * as z from "zod";
import { parseIpNetwork } from "../kernel/ip-network.ts";

const kibibyte = 1024;
const file = z.string().min(1).max(4096);

/** Bounds of a request target and of bodies that pass in pieces. Source: protocols specification, part 0. */
export const streamedBodyBytesMax = z
  .int()
  .min(kibibyte)
  .default(100 * kibibyte ** 2)
  .describe("Body of a request that passes in pieces, in bytes.");

export const targetLimits = {
  pathBytesMax: z.int().min(16).max(65_536).default(8192).describe("Path of a request, in bytes."),
  queryBytesMax: z.int().min(0).max(65_536).default(16_384).describe("Query of a request, in bytes."),
  pathSegmentsMax: z.int().min(1).max(4096).default(256).describe("Segments of a path."),
  queryParametersMax: z.int().min(0).max(4096).default(256).describe("Parameters of a query."),
} as const;

const tls = z
  .strictObject({
    certFile: file.describe("The certificate and those of its authorities, in PEM."),
    keyFile: file.describe("The key of the certificate, in PEM."),
    clientCaFile: file
      .optional()
      .describe("Authorities in PEM, by which certificates of clients are checked."),
    clientAuth: z
      .enum(["off", "request", "require"])
      .optional()
      .describe(
        "Whether clients are asked for a certificate. `request`: who has none, or none that is good, is served as one without; `require`: only who has one is served. `require` where there is a `clientCaFile`, else `off`.",
      ),
    crlFile: file
      .optional()
      .describe(
        "Certificates that their authorities have taken back, in PEM; one list for each authority. Who brings one of them is as one without a certificate.",
      ),
    minVersion: z.enum(["1.2", "1.3"]).default("1.2").describe("The lowest version of TLS."),
  })
  .refine(({ clientAuth = "off", clientCaFile }) => clientAuth === "off" || clientCaFile !== undefined, {
    path: ["clientAuth"],
    error: "needs `clientCaFile`: whose certificates are good",
  })
  .refine(({ crlFile, clientCaFile }) => crlFile === undefined || clientCaFile !== undefined, {
    path: ["crlFile"],
    error: "needs `clientCaFile`: whose certificates are good",
  })
  .describe(
    "Serves HTTPS with HTTP/2 and HTTP/1.1 instead of plain text. Relative paths start at the configuration file; the files are read anew when they change.",
  );

const http2 = z
  .strictObject({
    isEnabled: z
      .boolean()
      .default(true)
      .describe("Whether HTTP/2 is spoken, beside HTTP/1.1 on the same port."),
    concurrentStreamsMax: z
      .int()
      .min(1)
      .max(10_000)
      .default(100)
      .describe("Requests that one connection may have open at once."),
    headerPairsMax: z
      .int()
      .min(16)
      .max(2000)
      .default(128)
      .describe("Header fields in one request, pseudo-headers among them."),
    sessionMemoryBytesMax: z
      .int()
      .min(1_000_000)
      .default(8_000_000)
      .describe("What one connection may hold, in bytes; counted in whole megabytes."),
    resetsMax: z
      .int()
      .min(1)
      .default(200)
      .describe("Requests that one connection may give up within ten seconds; then it is closed."),
    connectProtocol: z
      .boolean()
      .default(false)
      .describe("Whether a request may become a WebSocket (RFC 8441), where its route has them."),
  })
  .prefault({})
  .describe("Bounds of HTTP/2 connections.");

/** What of the `server` section says how connections are taken and believed. */
export const listenerSettings = {
  tls: tls.optional(),
  http2,
  trustedProxies: z
    .array(
      z.string().refine((text) => parseIpNetwork(text) !== undefined, {
        error: "must be an address or a network, like `10.0.0.0/8`",
      }),
    )
    .max(1000)
    .default([])
    .describe(
      "Addresses and networks of proxies before this gateway: they have no bound of connections, and what they say of clients counts.",
    ),
  proxyProtocol: z
    .enum(["off", "v1", "v2", "any"])
    .default("off")
    .describe("Whether trusted proxies begin each connection with a PROXY header, and which."),
  hosts: z
    .array(
      z
        .string()
        .regex(/^[A-Za-z0-9._:-]+$/)
        .max(253),
    )
    .max(1000)
    .default([])
    .describe("Names that are served; others are refused with `misdirected`. Empty: all."),
  forwarded: z
    .enum(["x", "rfc", "both"])
    .default("x")
    .describe("How upstreams are told of clients: `X-Forwarded-*`, `Forwarded` of RFC 7239, or both."),
} as const;
