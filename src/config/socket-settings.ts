import * as z from "zod";

/** What may be said of sockets wherever they are. */
export const socketFields = {
  idleMs: z
    .int()
    .min(1000)
    .max(86_400_000)
    .default(600_000)
    .describe("Longest silence; pings and pongs of an inspected socket are none of it."),
  lifetimeMs: z.int().min(1000).max(604_800_000).default(3_600_000).describe("Longest life of a socket."),
  fragmentsMax: z
    .int()
    .min(1)
    .max(131_072)
    .default(1024)
    .describe("Most fragments of one message, where messages are read; above it 1008."),
  perKeyMax: z.int().min(1).max(1_000_000).default(50).describe("Most open sockets of one client key."),
  perClientMax: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(100)
    .describe("Most open sockets of one client address."),
  origins: z
    .array(
      z.string().regex(/^(?:\*|[a-z][a-z0-9+.-]*:\/\/[^\s/]+)$/i, "must be like `https://app.example.com`"),
    )
    .max(100)
    .default([])
    .describe("Origins whose pages may open sockets with cookies; `*`: all."),
};

/** The sockets of a route. */
export const socketSettings = z.strictObject({
  mode: z
    .enum(["tunnel", "inspect"])
    .default("tunnel")
    .describe(
      "`tunnel`: bytes are copied and not looked at. `inspect`: messages are read whole, so that their size and form are held to the limits; no compression.",
    ),
  messageBytesMax: z
    .int()
    .min(125)
    .max(268_435_456)
    .default(1_048_576)
    .describe("Longest message, where messages are read; above it 1009."),
  ...socketFields,
  keyInQuery: z
    .boolean()
    .default(false)
    .describe("Whether the gateway key may come as `?key=`, for clients that can set no header."),
});

export type SocketSettings = z.output<typeof socketSettings>;

export const usualSocketSettings: SocketSettings = socketSettings.parse({});
