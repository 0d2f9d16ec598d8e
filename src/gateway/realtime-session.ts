import type { Usage } from "../exchange/usage.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { RelaySettings } from "../pipeline/socket-relay.ts";
import type { Message } from "../ports/message-socket.ts";
import { encodeRealtimeError, readEvent } from "../protocols/openai-realtime/index.ts";

/** What one session is held to, and told to. */
export interface SessionKeeper {
  /** The names under which its model is known; a session may not change to another. */
  readonly models: readonly string[];
  /** An id for an event of ours: `event_…`. */
  readonly eventId: () => string;
  /** A response is being made, and costs. */
  readonly began: () => void;
  /** Books a response or a transcription. */
  readonly settled: (response: {
    readonly id: string | undefined;
    readonly usage: Usage | undefined;
    /** Of a transcription: false. */
    readonly isResponse: boolean;
  }) => void;
  /** Whether the session may go on behind it. */
  readonly afterResponse: () => "go on" | GatewayError;
  /** Sends the client what has come, before the session ends. */
  readonly deliver: (message: Message) => void;
}

/** Looks at each event of a session: meters what is answered, ends it when its money is used up. */
export function inspectSession(keeper: SessionKeeper): RelaySettings["inspect"] {
  const { eventId } = keeper;
  const up = (message: Message): ReturnType<RelaySettings["inspect"]> => {
    if (typeof message !== "string")
      return { kind: "close", error: new GatewayError("unsupported_content", "a binary message") };
    const fact = readEvent(message);
    if (fact.kind === "response-create") return closing(keeper.afterResponse(), fact.eventId);
    if (fact.kind !== "session-update") return pass;
    const { model } = fact.session;
    if (typeof model !== "string" || keeper.models.includes(model)) return pass;
    const error = new GatewayError("model_not_found", `a session changes to ${model}`, {
      message: `This session is one of \`${keeper.models[0]}\`; open another for \`${model}\`.`,
      param: "session.model",
    });
    return { kind: "answer", message: encodeRealtimeError(error, eventId(), fact.eventId) };
  };
  const down = (message: Message): ReturnType<RelaySettings["inspect"]> => {
    if (typeof message !== "string") return pass;
    const fact = readEvent(message);
    if (fact.kind === "other" && fact.type === "response.created") keeper.began();
    if (fact.kind !== "response-done" && fact.kind !== "transcription-done") return pass;
    const id = fact.kind === "response-done" ? fact.id : fact.itemId;
    keeper.settled({ id, usage: fact.usage, isResponse: fact.kind === "response-done" });
    const verdict = keeper.afterResponse();
    if (verdict !== "go on") keeper.deliver(message);
    return closing(verdict);
  };
  const closing = (
    verdict: "go on" | GatewayError,
    causedBy?: string,
  ): ReturnType<RelaySettings["inspect"]> =>
    verdict === "go on"
      ? pass
      : { kind: "close", error: verdict, farewell: encodeRealtimeError(verdict, eventId(), causedBy) };
  return (message, direction) => (direction === "up" ? up(message) : down(message));
}

const pass = { kind: "pass" } as const;
