import * as z from "zod";
import { endpointFields } from "../capabilities/load-balancing/index.ts";
import { ownHeaders, ownName, regionName, secret } from "./fields.ts";
import { reachFields } from "./reach.ts";
import { outboundSignature } from "./signature-settings.ts";

const timeoutMs = z.int().min(1).max(3_600_000);
const pem = secret(/-----BEGIN [A-Z ]+-----/, "must be PEM text, from a file by `file:/path`");

const tls = z
  .strictObject({
    ca: z.exactOptional(pem).describe("The authorities that are believed, in the place of the system's."),
    cert: z
      .exactOptional(pem)
      .describe("Our own certificate, for a service that asks for one; `key` beside it."),
    key: z.exactOptional(pem).describe("The key of `cert`."),
    serverName: z
      .exactOptional(
        z
          .string()
          .max(253)
          .regex(/^[A-Za-z0-9.-]+$/, "must be a host name"),
      )
      .describe("The name that is asked for and checked, in the place of the URL's host."),
    isUnverified: z
      .boolean()
      .default(false)
      .describe("Whoever answers is believed. For throw-away set-ups only."),
  })
  .describe("How the service is known, and how the gateway is known to it. Counts for `https://` only.");

const graphql = z
  .strictObject({
    subscriptions: z
      .enum(["sse", "ws"])
      .default("sse")
      .describe(
        "How subscriptions are asked for. `sse`: by server-sent events. `ws`: by `graphql-transport-ws`, each on a WebSocket of its own; `headers` of the service go with its handshake, and in the payload of `connection_init` as well.",
      ),
    subscriptionsPath: z
      .exactOptional(
        z
          .string()
          .max(1000)
          .regex(/^\/[\x21\x22\x24-\x7e]*$/, "must be a path that begins with `/`"),
      )
      .describe(
        "The whole path at which those sockets are opened, `/graphql/ws`; that of other operations when it is left out.",
      ),
  })
  .describe("What holds where GraphQL is spoken to it.");

const service = z
  .strictObject({
    baseUrl: z
      .exactOptional(z.string().max(2048))
      .describe("Where it is: `https://orders.internal:8443`; a path is put before that of each request."),
    ...endpointFields,
    http: z
      .enum(["1.1", "2"])
      .exactOptional()
      .describe(
        "What is spoken to it; `2`: HTTP/2, by prior knowledge where the URL begins with `http://`. When it is left out, 2 where a route of the protocol `grpc` leads to it, else 1.1.",
      ),
    graphql: z.exactOptional(graphql),
    region: z.exactOptional(regionName).describe("Where it is run: what residency is held against."),
    headers: ownHeaders,
    ...reachFields,
    identityHeaders: z
      .boolean()
      .default(false)
      .describe(
        "Whether it is told who asks: `x-sallyport-subject` and `x-sallyport-tenant`, which no client can send. What is not visible ASCII in them, and `%`, is written as in a URL.",
      ),
    identityToken: z
      .boolean()
      .default(false)
      .describe(
        "Whether it is told so by a token in `x-sallyport-identity`: EdDSA, good for a minute, with the service's name as `aud`. Its keys: `/.well-known/sallyport/jwks.json` on the data port.",
      ),
    tls: z.exactOptional(tls),
    sign: z.exactOptional(outboundSignature),
    timeouts: z
      .strictObject({
        connectMs: timeoutMs.default(5000).describe("Until a connection stands, TLS included."),
        headMs: timeoutMs.default(60_000).describe("Until the answer's head."),
        idleMs: timeoutMs.default(60_000).describe("Longest silence inside an answer."),
      })
      .prefault({})
      .describe("After which another address is tried, or the request fails."),
  })
  .describe("An ordinary service: anything that speaks HTTP.");

/** The `services` section as it is written. */
export const servicesSettings = z
  .record(ownName, service)
  .default({})
  .describe("Ordinary services behind the gateway, which `routes` lead to.");

export type ServiceSettings = z.output<typeof service>;
