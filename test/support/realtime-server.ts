import { systemTimer } from "../../src/platform/system/index.ts";
import { createMessageSockets } from "../../src/platform/websocket/index.ts";
import type { MessageSocket } from "../../src/ports/message-socket.ts";
import { messageLimits, socketServer, type TestServer } from "./websocket-servers.ts";

/** A simulated OpenAI Realtime server, and what it has seen. */
export interface RealtimeServer extends TestServer {
  readonly sessions: {
    readonly target: string;
    readonly authorization: string | undefined;
    readonly protocols: string | undefined;
    /** Types of the client's events. */
    readonly events: string[];
    closeCode?: number;
  }[];
}

/** What each response takes. */
export const responseUsage = {
  total_tokens: 150,
  input_tokens: 100,
  output_tokens: 50,
  input_token_details: { text_tokens: 60, audio_tokens: 40, cached_tokens: 32 },
  output_token_details: { text_tokens: 10, audio_tokens: 40 },
} as const;

const sockets = createMessageSockets({ timer: systemTimer });

/** Begins sessions, answers `response.create` with `deltas` deltas and a `response.done` that tells `responseUsage`. */
export async function realtimeServer({ deltas = 5 } = {}): Promise<RealtimeServer> {
  const sessions: RealtimeServer["sessions"] = [];
  const server = await socketServer((connection, request) => {
    const target = request.url ?? "";
    const session: RealtimeServer["sessions"][number] = {
      target,
      authorization: request.headers.authorization,
      protocols: request.headers["sec-websocket-protocol"],
      events: [],
    };
    sessions.push(session);
    const socket = sockets.accept(connection, { ...messageLimits, messageBytesMax: 16_777_216 });
    const model = new URL(target, "http://up").searchParams.get("model") ?? "gpt-realtime";
    const tell = teller(socket);
    socket.listen({
      message: (message) => {
        const event: ClientEvent = JSON.parse(String(message));
        session.events.push(event.type ?? "");
        answer(event, { tell, model, deltas });
      },
      drain: () => undefined,
      closed: ({ code }) => {
        session.closeCode = code;
      },
    });
    tell({
      type: "session.created",
      session: { type: "realtime", object: "realtime.session", id: "sess_1", model },
    });
  });
  return { ...server, sessions };
}

interface ClientEvent {
  readonly type?: string;
  readonly session?: object;
  readonly event_id?: string;
  /** With `instructions: "endless"` it is never done. */
  readonly response?: { readonly instructions?: string };
}

type Tell = (event: { readonly type: string; readonly [member: string]: unknown }) => void;

function teller(socket: MessageSocket): Tell {
  let count = 0;
  return ({ type, ...members }) => {
    count += 1;
    socket.send(JSON.stringify({ type, event_id: `event_${count}`, ...members }));
  };
}

function answer(
  event: ClientEvent,
  { tell, model, deltas }: { readonly tell: Tell; readonly model: string; readonly deltas: number },
): void {
  if (event.type === "session.update")
    return tell({ type: "session.updated", session: { id: "sess_1", model, ...event.session } });
  if (event.type === "input_audio_buffer.append") return;
  if (event.type === "input_audio_buffer.commit")
    return tell({ type: "input_audio_buffer.committed", item_id: "item_1", previous_item_id: null });
  if (event.type === "conversation.item.create")
    return tell({ type: "conversation.item.added", item: { id: "item_1", type: "message" } });
  if (event.type !== "response.create") {
    const error = {
      type: "invalid_request_error",
      code: "unknown_event",
      message: "?",
      event_id: event.event_id ?? null,
    };
    return tell({ type: "error", error });
  }
  const id = "resp_1";
  const at = { response_id: id, item_id: "item_2", output_index: 0, content_index: 0 };
  tell({ type: "response.created", response: { id, object: "realtime.response", status: "in_progress" } });
  for (let index = 0; index < deltas; index += 1)
    tell({ type: "response.output_audio.delta", ...at, delta: Buffer.alloc(480, index).toString("base64") });
  if (event.response?.instructions === "endless") return;
  tell({ type: "response.output_audio.done", ...at });
  const response = { id, object: "realtime.response", status: "completed", output: [], usage: responseUsage };
  tell({ type: "response.done", response });
}
