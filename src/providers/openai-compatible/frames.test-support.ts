import type { Frame } from "../../exchange/codec.ts";
import type { Json } from "../../kernel/json.ts";

/** Frames with these data: JSON is printed, text is taken as it is. */
export function framesOf(data: readonly (Json | string)[]): readonly Frame[] {
  return data.map((value) => frameOf(typeof value === "string" ? value : JSON.stringify(value)));
}

export function frameOf(data: string, event = ""): Frame {
  const text = `${event === "" ? "" : `event: ${event}\n`}data: ${data}\n\n`;
  return { bytes: new TextEncoder().encode(text), kind: "event", event, data };
}

export const commentFrame: Frame = {
  bytes: new TextEncoder().encode(": ping\n\n"),
  kind: "comment",
  event: "",
  data: "",
};

/** A chunk with one piece of the first choice. */
export function chunk(
  delta: Json,
  finish: string | null = null,
  members: { readonly [member: string]: Json } = {},
): Json {
  return {
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1_700_000_000,
    model: "m",
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...members,
  };
}
