import { asValue, type Ending, endingBesides, type PlainReader, type Said, type SaidCall } from "./said.ts";
import { at, hasObject, listAt, numberAt, sum, type Tree, textAt } from "./tree.ts";

const endings: Readonly<Record<string, Ending>> = {
  stop: "stop",
  length: "length",
  model_length: "length",
  tool_calls: "tools",
  function_call: "tools",
  content_filter: "filter",
};

/** Chat completions of OpenAI, of those who speak like it, and of Mistral. */
export const chatReader: PlainReader = {
  whole: (body) => {
    const choice = firstChoice(body);
    return saidBy(at(choice, "message"), {
      finish: textAt(choice, "finish_reason"),
      usage: at(body, "usage"),
      citations: listAt(body, "citations"),
    });
  },
  stream: (events) => {
    const calls: { id: string; index: unknown; name: string; text: string; custom: boolean }[] = [];
    const message = { content: "", reasoning: "", refusal: "", annotations: [] as Tree[] };
    let finish = "";
    let usage: Tree;
    let citations: readonly Tree[] = [];
    for (const event of events) {
      const choice = firstChoice(event);
      const delta = at(choice, "delta");
      message.content += words(at(delta, "content"), "text");
      message.reasoning += reasoningOf(delta);
      message.refusal += textAt(delta, "refusal");
      message.annotations.push(...listAt(delta, "annotations"));
      finish = textAt(choice, "finish_reason") || finish;
      usage = laterUsage(usage, at(event, "usage") ?? at(event, "x_groq", "usage") ?? at(choice, "usage"));
      if (listAt(event, "citations").length > 0) citations = listAt(event, "citations");
      const old = at(delta, "function_call");
      for (const piece of [
        ...listAt(delta, "tool_calls"),
        ...(hasObject(old) ? [{ index: "old", function: old }] : []),
      ]) {
        const custom = hasObject(piece, "custom");
        const inner = at(piece, custom ? "custom" : "function");
        const id = textAt(piece, "id");
        const name = textAt(inner, "name");
        const given = at(inner, custom ? "input" : "arguments");
        const text = typeof given === "string" || given == null ? (given ?? "") : JSON.stringify(given);
        const index = at(piece, "index");
        const open = calls.findLast((call) => call.index === index);
        const isNew = open === undefined || (id !== "" && open.id !== "" && id !== open.id);
        if (isNew) calls.push({ id, index, name, text, custom });
        else {
          open.text += text;
          open.name ||= name;
          open.id ||= id;
        }
      }
    }
    return saidBy(
      {
        content: message.content,
        reasoning_content: message.reasoning,
        refusal: message.refusal,
        annotations: message.annotations,
        tool_calls: calls.map(({ name, text, custom }) =>
          custom ? { custom: { name, input: text } } : { function: { name, arguments: text } },
        ),
      },
      { finish, usage, citations },
    );
  },
};

function firstChoice(body: Tree): Tree {
  const choices = listAt(body, "choices");
  return choices.find((choice) => (at(choice, "index") ?? 0) === 0);
}

function saidBy(
  message: Tree,
  about: { readonly finish: string; readonly usage: Tree; readonly citations: readonly Tree[] },
): Said {
  const old = at(message, "function_call");
  const calls = [
    ...listAt(message, "tool_calls").map(callOf),
    ...(hasObject(old) ? [callOf({ function: old })] : []),
  ];
  const refusal = textAt(message, "refusal");
  return {
    text: words(at(message, "content"), "text"),
    reasoning: reasoningOf(message),
    refusal,
    calls,
    ending: endingBesides(endings[about.finish] ?? "other", { calls, refusal }),
    usage: usageOf(about.usage),
    citations: [
      ...listAt(message, "annotations").map((note) => ({
        url: textAt(note, "url_citation", "url"),
        title: textAt(note, "url_citation", "title"),
      })),
      ...about.citations.map((url) => ({ url: typeof url === "string" ? url : textAt(url, "url") })),
    ],
  };
}

function callOf(call: Tree): SaidCall {
  if (hasObject(call, "custom"))
    return { name: textAt(call, "custom", "name"), argumentsText: textAt(call, "custom", "input") };
  const name = textAt(call, "function", "name");
  const given = at(call, "function", "arguments");
  return typeof given === "string" ? { name, argumentsText: given } : asValue(name, given);
}

/** The words of one kind in a content that is a text or, at Mistral, a list. */
function words(content: Tree, kind: "text" | "thinking"): string {
  if (typeof content === "string") return kind === "text" ? content : "";
  if (!Array.isArray(content)) return "";
  return content
    .filter((piece) => textAt(piece, "type") === kind)
    .map((piece) => (kind === "text" ? textAt(piece, "text") : words(at(piece, "thinking"), "text")))
    .join("");
}

function reasoningOf(message: Tree): string {
  return (
    textAt(message, "reasoning_content") ||
    textAt(message, "reasoning") ||
    words(at(message, "content"), "thinking")
  );
}

/** Usage is cumulative where it is repeated. */
function laterUsage(before: Tree, after: Tree): Tree {
  return hasObject(after) ? after : before;
}

function usageOf(usage: Tree): Said["usage"] {
  const input = numberAt(usage, "prompt_tokens");
  const completion = numberAt(usage, "completion_tokens");
  const reasoning = numberAt(usage, "completion_tokens_details", "reasoning_tokens");
  // xAI counts the reasoning beside the completion: its own total says so.
  const isBeside =
    reasoning !== undefined && numberAt(usage, "total_tokens") === sum(input, completion, reasoning);
  return {
    input,
    output: isBeside ? sum(completion, reasoning) : completion,
    cached:
      numberAt(usage, "prompt_tokens_details", "cached_tokens") ??
      numberAt(usage, "prompt_token_details", "cached_tokens") ??
      numberAt(usage, "prompt_cache_hit_tokens") ??
      numberAt(usage, "cached_tokens") ??
      numberAt(usage, "num_cached_tokens"),
    reasoning,
  };
}
