import { describe, expect, it } from "vitest";
import { grammarAfter } from "./answers.test-support.ts";
import { advance, type GrammarState, startGrammar } from "./grammar.ts";

type Event = { readonly type: string; readonly [member: string]: unknown };

const response = (status: string, output: readonly unknown[] = [], id = "resp_1") => ({ id, status, output });
const created: Event = { type: "response.created", response: response("in_progress") };
const inProgress: Event = { type: "response.in_progress", response: response("in_progress") };
const opening = [created, inProgress];
const completed = (...output: readonly unknown[]): Event => ({
  type: "response.completed",
  response: response("completed", output),
});

/** One item: announced, its events, done. */
const item = (announced: Event, done: Event, ...events: readonly Event[]): readonly Event[] => [
  { type: "response.output_item.added", item: announced },
  ...events,
  { type: "response.output_item.done", item: done },
];
const at = (type: string, members: object): Event => ({ type: `response.${type}`, item_id: "i", ...members });

const emptyText = { type: "output_text", text: "" };
const text = { type: "output_text", text: "ab" };
const textEvents: readonly Event[] = [
  at("content_part.added", { content_index: 0, part: emptyText }),
  at("output_text.delta", { content_index: 0, delta: "a" }),
  at("output_text.annotation.added", { content_index: 0, annotation_index: 0, annotation: {} }),
  at("output_text.delta", { content_index: 0, delta: "b" }),
  at("output_text.done", { content_index: 0, text: "ab" }),
  at("content_part.done", { content_index: 0, part: text }),
];
const message = { type: "message", id: "i", content: [text] };
const announcedMessage = { type: "message", id: "i", content: [] };
const messageEvents = item(announcedMessage, message, ...textEvents);

const call = { type: "function_call", id: "i", arguments: "{}" };
const callEvents: readonly Event[] = [
  at("function_call_arguments.delta", { delta: "{" }),
  at("function_call_arguments.delta", { delta: "}" }),
  at("function_call_arguments.done", { arguments: "{}" }),
];
const announcedCall = { type: "function_call", id: "i", arguments: "" };

const summary = { type: "summary_text", text: "s" };
const thought = { type: "reasoning_text", text: "t" };
const summaryEvents: readonly Event[] = [
  at("reasoning_summary_part.added", { summary_index: 0, part: { ...summary, text: "" } }),
  at("reasoning_summary_text.delta", { summary_index: 0, delta: "s" }),
  at("reasoning_summary_text.done", { summary_index: 0, text: "s" }),
  at("reasoning_summary_part.done", { summary_index: 0, part: summary }),
];
const thoughtEvents: readonly Event[] = [
  at("content_part.added", { content_index: 0, part: { ...thought, text: "" } }),
  at("reasoning_text.delta", { content_index: 0, delta: "t" }),
  at("reasoning_text.done", { content_index: 0, text: "t" }),
  at("content_part.done", { content_index: 0, part: thought }),
];
const reasoning = {
  type: "reasoning",
  id: "i",
  summary: [summary],
  content: [thought],
  encrypted_content: "x",
};
const announcedReasoning = { type: "reasoning", id: "i", summary: [] };

const error: Event = { type: "error", error: { message: "m" } };
const failed: Event = { type: "response.failed", response: { ...response("failed"), error: { code: "c" } } };

/** The stream of these events, numbered, each in the place of the item that is open. */
function streamOf(events: readonly Event[]): string {
  let index = -1;
  return events
    .map((event, number) => {
      if (event.type === "response.output_item.added") index += 1;
      const isInside = /^response\.(?!created|in_progress|queued|completed|incomplete|failed)/.test(
        event.type,
      );
      const placed = { ...(isInside && { output_index: index }), sequence_number: number, ...event };
      return `event: ${event.type}\ndata: ${JSON.stringify(placed)}\n\n`;
    })
    .join("");
}

function run(...events: readonly (Event | readonly Event[])[]): string {
  const state = grammarAfter(streamOf(events.flat()));
  return state.kind === "violation" ? state.reason : state.kind;
}

describe("advance", () => {
  it.for<{ name: string; events: readonly (Event | readonly Event[])[] }>([
    { name: "nothing", events: [completed()] },
    { name: "a message", events: [messageEvents, completed(message)] },
    { name: "a call", events: [item(announcedCall, call, ...callEvents), completed(call)] },
    {
      name: "reasoning, encrypted anew at the end",
      events: [
        item(announcedReasoning, reasoning, ...summaryEvents, ...thoughtEvents),
        completed({ ...reasoning, encrypted_content: "y" }),
      ],
    },
    {
      name: "a search, with events of its own",
      events: [
        item(
          { type: "web_search_call", id: "i" },
          { type: "web_search_call", id: "i" },
          at("web_search_call.searching", {}),
        ),
        completed({ type: "web_search_call", id: "i" }),
      ],
    },
    {
      name: "an incomplete end",
      events: [messageEvents, { type: "response.incomplete", response: response("incomplete", [message]) }],
    },
    { name: "a keepalive in between", events: [{ type: "keepalive" }, messageEvents, completed(message)] },
  ])("takes an answer of $name", ({ events }) => {
    expect(run(opening, ...events)).toBe("ended");
  });

  it("takes a queue before the progress, and a failure with or without an error before it", () => {
    const queued: Event = { type: "response.queued", response: response("queued") };
    expect(run(created, queued, inProgress, completed())).toBe("ended");
    expect(run(opening, failed)).toBe("failed");
    expect(run(error)).toBe("failing");
    expect(run(opening, messageEvents.slice(0, 3), error, failed)).toBe("failed");
  });

  it.for<{ why: string; events: readonly (Event | readonly Event[])[] }>([
    { why: "response.in_progress before response.created", events: [inProgress] },
    { why: "response.completed before response.in_progress", events: [created, completed()] },
    { why: "an item before response.in_progress", events: [created, messageEvents] },
    { why: "response.in_progress after an item", events: [opening, messageEvents, inProgress] },
    {
      why: "the id of the response changed",
      events: [opening, { type: "response.completed", response: response("completed", [], "resp_2") }],
    },
    {
      why: "response.completed of another status",
      events: [opening, { type: "response.completed", response: response("incomplete") }],
    },
    { why: "the final output is not what was done", events: [opening, messageEvents, completed()] },
    {
      why: "the final output is not what was done",
      events: [opening, messageEvents, completed({ ...message, content: [{ ...text, text: "a" }] })],
    },
    {
      why: "response.completed inside an item",
      events: [opening, messageEvents.slice(0, -1), completed(message)],
    },
    { why: "an item begins inside another", events: [opening, messageEvents.slice(0, -1), messageEvents] },
    { why: "two items with one id", events: [opening, messageEvents, messageEvents] },
    { why: "keepalive after the end", events: [opening, completed(), { type: "keepalive" }] },
    { why: "response.completed after an error", events: [opening, error, completed()] },
    { why: "error without a message", events: [opening, { type: "error" }] },
    {
      why: "response.failed without a failed response",
      events: [opening, { ...failed, response: response("failed") }],
    },
    { why: "number 7 where 2 is due", events: [opening, { ...completed(), sequence_number: 7 }] },
    {
      why: "output_index out of order",
      events: [opening, { ...messageEvents[0], output_index: 1, type: "response.output_item.added" }],
    },
    { why: "response.output_text.delta outside of an item", events: [opening, at("output_text.delta", {})] },
    {
      why: "the id of an item changed",
      events: [
        opening,
        messageEvents.slice(0, 1),
        { ...textEvents[0], item_id: "j", type: "response.content_part.added" },
      ],
    },
    {
      why: "the id of an item changed",
      events: [opening, item(announcedMessage, { ...message, id: "j" }, ...textEvents)],
    },
    {
      why: "an item without a type",
      events: [
        opening,
        item({ type: "" }, message)
          .slice(0, 1)
          .map((event) => ({ ...event, item: {} })),
      ],
    },
    {
      why: "response.function_call_arguments.delta in an item of type message",
      events: [opening, messageEvents.slice(0, 1), callEvents],
    },
    {
      why: "response.telepathy in an item of type message",
      events: [opening, messageEvents.slice(0, 1), at("telepathy", {})],
    },
    {
      why: "an item of type message is done as reasoning",
      events: [opening, item(announcedMessage, { type: "reasoning", id: "i" })],
    },
    {
      why: "an item is done before its content",
      events: [opening, item(announcedMessage, message, ...textEvents.slice(0, -1))],
    },
    {
      why: "a content begins inside another",
      events: [opening, item(announcedMessage, message, ...textEvents.slice(0, 1), ...textEvents)],
    },
    {
      why: "content_index out of order",
      events: [
        opening,
        item(announcedMessage, message, at("content_part.added", { content_index: 1, part: emptyText })),
      ],
    },
    {
      why: "content_index out of order",
      events: [
        opening,
        item(
          announcedMessage,
          message,
          ...textEvents.slice(0, 1),
          at("output_text.delta", { content_index: 1, delta: "a" }),
        ),
      ],
    },
    {
      why: "a content that does not begin empty",
      events: [
        opening,
        item(announcedMessage, message, at("content_part.added", { content_index: 0, part: text })),
      ],
    },
    {
      why: "response.output_text.delta outside of a content",
      events: [opening, item(announcedMessage, message, ...textEvents.slice(1))],
    },
    {
      why: "response.refusal.delta in a content of type output_text",
      events: [
        opening,
        item(
          announcedMessage,
          message,
          ...textEvents.slice(0, 1),
          at("refusal.delta", { content_index: 0, delta: "a" }),
        ),
      ],
    },
    {
      why: "a done text that is not its deltas",
      events: [opening, item(announcedMessage, message, ...textEvents.toSpliced(3, 1))],
    },
    {
      why: "a text that is done twice",
      events: [
        opening,
        item(
          announcedMessage,
          message,
          ...textEvents.toSpliced(4, 0, at("output_text.done", { content_index: 0, text: "ab" })),
        ),
      ],
    },
    {
      why: "a delta after its text was done",
      events: [
        opening,
        item(
          announcedMessage,
          message,
          ...textEvents.toSpliced(5, 0, at("output_text.delta", { content_index: 0, delta: "" })),
        ),
      ],
    },
    {
      why: "a content ends before its text is done",
      events: [opening, item(announcedMessage, message, ...textEvents.toSpliced(4, 1))],
    },
    {
      why: "a done content that is not its text",
      events: [
        opening,
        item(
          announcedMessage,
          message,
          ...textEvents.with(5, at("content_part.done", { content_index: 0, part: emptyText })),
        ),
      ],
    },
    {
      why: "the content of a message is not what was done",
      events: [opening, item(announcedMessage, { ...message, content: [] }, ...textEvents)],
    },
    {
      why: "annotation_index out of order",
      events: [
        opening,
        item(
          announcedMessage,
          message,
          ...textEvents.with(
            2,
            at("output_text.annotation.added", { content_index: 0, annotation_index: 1 }),
          ),
        ),
      ],
    },
    {
      why: "a call is done before its arguments",
      events: [opening, item(announcedCall, call, ...callEvents.slice(0, 2))],
    },
    {
      why: "done arguments that are not their deltas",
      events: [opening, item(announcedCall, call, ...callEvents.slice(1))],
    },
    {
      why: "a delta after its arguments were done",
      events: [opening, item(announcedCall, call, ...callEvents, ...callEvents)],
    },
    {
      why: "the arguments of a call are not its deltas",
      events: [opening, item(announcedCall, { ...call, arguments: "" }, ...callEvents)],
    },
    {
      why: "a summary after the reasoning",
      events: [opening, item(announcedReasoning, reasoning, ...thoughtEvents, ...summaryEvents)],
    },
    {
      why: "the texts of a reasoning item are not what was done",
      events: [
        opening,
        item(announcedReasoning, { ...reasoning, summary: [] }, ...summaryEvents, ...thoughtEvents),
      ],
    },
  ])("refuses $why", ({ events, why }) => {
    expect(run(...events)).toBe(why);
  });

  it("refuses frames that are not of this dialect, and overlooks comments", () => {
    const after = (event: string, data: string): GrammarState =>
      advance(startGrammar, { kind: "event", event, data });
    expect(after("", "[DONE]")).toEqual({ kind: "violation", reason: "[DONE], which only Chat has" });
    expect(after("a", "nonsense")).toMatchObject({ kind: "violation" });
    expect(after("response.created", JSON.stringify({ ...created, type: "response.queued" }))).toEqual({
      kind: "violation",
      reason: "event response.created has data of type response.queued",
    });
    expect(advance(startGrammar, { kind: "comment", event: "", data: "" })).toBe(startGrammar);
  });
});
