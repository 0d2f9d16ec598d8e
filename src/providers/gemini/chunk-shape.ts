/**
 * What stays the same from chunk to chunk of a stream while a model talks: all but its words and the numbers of its
 * counters. A chunk of the shape of one that was read need not be parsed: it says nothing new but these.
 */
export interface ChunkShape {
  /** From the beginning to the quote that opens the words. */
  readonly head: string;
  /** From the quote that closes them to the counters. */
  readonly middle: string;
  /** The counters and all after them, without the numbers between. */
  readonly pieces: readonly string[];
}

const opening =
  /^\s*\{\s*"candidates"\s*:\s*\[\s*\{\s*"content"\s*:\s*\{(?:\s*"role"\s*:\s*"\w*"\s*,)?\s*"parts"\s*:\s*\[\s*\{\s*"text"\s*:\s*"/;
const counters = '"usageMetadata"';
/** What makes a chunk worth parsing each time. Where it stands in the words it costs a parse, no more. */
const telling = /"(?:finishReason|functionCall|groundingMetadata|promptFeedback|error|index"\s*:\s*[1-9])/;
const number = /(?<=:\s*)\d+(?=\s*[,}])/;

/** The shape of a chunk that is nothing but words of the first candidate and counters; `undefined` for any other. */
export function shapeOf(data: string): ChunkShape | undefined {
  const head = opening.exec(data)?.[0];
  if (head === undefined || telling.test(data)) return undefined;
  const closing = closingQuote(data, head.length);
  const at = data.lastIndexOf(counters);
  if (closing < 0 || at < closing) return undefined;
  return { head, middle: data.slice(closing, at), pieces: data.slice(at).split(number) };
}

/** Whether a chunk differs from one of this shape in its words and numbers only. */
export function hasShape({ head, middle, pieces }: ChunkShape, data: string): boolean {
  if (!data.startsWith(head)) return false;
  const closing = closingQuote(data, head.length);
  if (closing < 0 || !data.startsWith(middle, closing)) return false;
  let at = closing + middle.length;
  for (let index = 0; index < pieces.length; index += 1) {
    if (index > 0) {
      const end = afterDigits(data, at);
      if (end === at) return false;
      at = end;
    }
    const piece = pieces[index] ?? "";
    if (data.slice(at, at + piece.length) !== piece) return false;
    at += piece.length;
  }
  return at === data.length;
}

function afterDigits(data: string, from: number): number {
  let at = from;
  for (let code = data.charCodeAt(at); code >= 0x30 && code <= 0x39; code = data.charCodeAt(at)) at += 1;
  return at;
}

/** Where the JSON string that begins before `from` ends; below 0 where it does not. */
function closingQuote(data: string, from: number): number {
  let quote = data.indexOf('"', from);
  while (quote > from && data.charCodeAt(quote - 1) === backslash) {
    let first = quote - 1;
    while (first > from && data.charCodeAt(first - 1) === backslash) first -= 1;
    if ((quote - first) % 2 === 0) return quote;
    quote = data.indexOf('"', quote + 1);
  }
  return quote;
}

const backslash = 0x5c;
