import * as z from "zod";
import type { SocketState } from "../gateway/control.ts";
import { count, epochMs, nanoUsd } from "./quantities.ts";

/** The connections that last: WebSockets, and subscriptions by events. */
export const socketList = z.strictObject({
  sockets: z.array(
    z.strictObject({
      id: z.string().describe("Of its request; the request's record is written when it ends."),
      key_id: z.string().nullable().describe("`null`: no key is asked for on its route."),
      key_name: z.string().nullable(),
      address: z.string().describe("Of the client."),
      route: z.string(),
      mode: z
        .enum(["tunnel", "inspect", "events"])
        .describe("`events`: no socket, but a subscription by server-sent events."),
      since: epochMs,
      bytes_up: count,
      bytes_down: count,
      messages_up: count.nullable().describe("`null`: messages are not read."),
      messages_down: count.nullable(),
      cost_nano_usd: nanoUsd.nullable().describe("Of its answers up to now; `null`: nothing has a price."),
    }),
  ),
});

export const shownSocket = (socket: SocketState): z.output<typeof socketList>["sockets"][number] => ({
  id: socket.id,
  key_id: socket.keyId,
  key_name: socket.keyName,
  address: socket.address,
  route: socket.route,
  mode: socket.mode,
  since: socket.since,
  bytes_up: socket.bytesUp,
  bytes_down: socket.bytesDown,
  messages_up: socket.messagesUp,
  messages_down: socket.messagesDown,
  cost_nano_usd: socket.costNanoUsd,
});
