import {
  asValue,
  type Ending,
  endingBesides,
  type PlainReader,
  type SaidCall,
  type SaidCitation,
} from "./said.ts";
import { at, hasObject, listAt, numberAt, sum, type Tree, textAt } from "./tree.ts";

const endings: Readonly<Record<string, Ending>> = {
  STOP: "stop",
  MAX_TOKENS: "length",
  CONTINUATION: "pause",
};
const filters =
  /^(SAFETY|RECITATION|LANGUAGE|BLOCKLIST|PROHIBITED_CONTENT|SPII|MODEL_ARMOR|JAILBREAK|IMAGE_.*)$/;

/** The words by their numbers, which some clients of Vertex AI ask for. Source: `google.cloud.aiplatform.v1`, FinishReason. */
const numbered = [
  "",
  "STOP",
  "MAX_TOKENS",
  "SAFETY",
  "RECITATION",
  "OTHER",
  "BLOCKLIST",
  "PROHIBITED_CONTENT",
  "SPII",
];
const wordOf = (reason: Tree): string =>
  typeof reason === "number" ? (numbered[reason] ?? "") : typeof reason === "string" ? reason : "";

/** Gemini's generateContent; a whole answer is a stream of one chunk. */
export const geminiReader: PlainReader = {
  whole: (body) => geminiReader.stream([body]),
  stream: (chunks) => {
    const calls: SaidCall[] = [];
    const open = createPartialCalls(calls);
    const citations: SaidCitation[] = [];
    let text = "";
    let reasoning = "";
    let finish = "";
    let blocked = "";
    let usage: Record<string, unknown> = {};
    for (const chunk of chunks) {
      const candidate = listAt(chunk, "candidates").find((item) => (at(item, "index") ?? 0) === 0);
      for (const part of listAt(candidate, "content", "parts")) {
        if (at(part, "thought") === true) reasoning += textAt(part, "text");
        else text += textAt(part, "text");
        if (hasObject(part, "functionCall")) open.push(at(part, "functionCall"));
      }
      finish = wordOf(at(candidate, "finishReason")) || finish;
      blocked = textAt(chunk, "promptFeedback", "blockReason") || blocked;
      usage = { ...usage, ...(at(chunk, "usageMetadata") as object | undefined) };
      citations.push(...citationsOf(candidate));
    }
    const ending =
      endings[finish] ?? (filters.test(finish) || (finish === "" && blocked !== "") ? "filter" : "other");
    return {
      text,
      reasoning,
      refusal: "",
      calls,
      ending: endingBesides(ending, { calls, refusal: "" }),
      usage: usageOf(usage),
      citations,
    };
  },
};

/** Calls come whole, or in pieces that name the place of each value: the last piece does not say that more will come. */
function createPartialCalls(calls: SaidCall[]): { readonly push: (call: Tree) => void } {
  let open: { readonly name: string; readonly args: Record<string, unknown> } | undefined;
  return {
    push: (call) => {
      const pieces = listAt(call, "partialArgs");
      const isPartial = pieces.length > 0 || at(call, "willContinue") === true;
      const name = textAt(call, "name");
      if (open === undefined && !isPartial) {
        calls.push(asValue(name, at(call, "args")));
        return;
      }
      open ??= { name, args: {} };
      for (const piece of pieces) place(open.args, textAt(piece, "jsonPath"), piece);
      if (at(call, "willContinue") === true) return;
      calls.push(asValue(open.name, open.args));
      open = undefined;
    },
  };
}

function place(root: Record<string, unknown>, path: string, piece: Tree): void {
  const steps = [...path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\['([^']+)'\]/g)].map(
    ([, name, index, quoted]) => name ?? quoted ?? Number(index),
  );
  let target: Record<string | number, unknown> = root;
  for (const [depth, step] of steps.entries()) {
    const next = steps[depth + 1];
    if (next === undefined) {
      const before = target[step];
      const words = at(piece, "stringValue");
      if (typeof words === "string") target[step] = (typeof before === "string" ? before : "") + words;
      else if (hasOwn(piece, "nullValue")) target[step] = null;
      else target[step] = at(piece, "numberValue") ?? at(piece, "boolValue");
      return;
    }
    target[step] ??= typeof next === "number" ? [] : {};
    target = target[step] as Record<string | number, unknown>;
  }
}

const hasOwn = (tree: Tree, name: string): boolean =>
  typeof tree === "object" && tree !== null && Object.hasOwn(tree, name);

function citationsOf(candidate: Tree): readonly SaidCitation[] {
  const chunks = listAt(candidate, "groundingMetadata", "groundingChunks");
  const sourceOf = (chunk: Tree): SaidCitation => {
    const source = at(chunk, "web") ?? at(chunk, "retrievedContext") ?? at(chunk, "maps");
    return { url: textAt(source, "uri"), title: textAt(source, "title") };
  };
  const supported = listAt(candidate, "groundingMetadata", "groundingSupports").flatMap((support) =>
    listAt(support, "groundingChunkIndices").map((index) => sourceOf(chunks[Number(index)])),
  );
  const recited = listAt(candidate, "citationMetadata", "citationSources").concat(
    listAt(candidate, "citationMetadata", "citations"),
  );
  return [
    ...supported,
    ...recited.map((source) => ({ url: textAt(source, "uri"), title: textAt(source, "title") })),
  ];
}

function usageOf(usage: Tree): { readonly [counter: string]: number | undefined } {
  const prompt = numberAt(usage, "promptTokenCount");
  const candidates = numberAt(usage, "candidatesTokenCount");
  const thoughts = numberAt(usage, "thoughtsTokenCount");
  const tools = numberAt(usage, "toolUsePromptTokenCount");
  const total = numberAt(usage, "totalTokenCount");
  const input = sum(prompt, tools);
  // Zeros are left out; the total tells what is not there.
  const output =
    total !== undefined && input !== undefined && total >= input ? total - input : sum(candidates, thoughts);
  return { input, output, cached: numberAt(usage, "cachedContentTokenCount"), reasoning: thoughts };
}
