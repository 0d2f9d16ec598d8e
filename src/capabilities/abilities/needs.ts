import { type Medium, media } from "../../exchange/abilities.ts";
import type { Call } from "../../exchange/call.ts";
import type { Part } from "../../exchange/part.ts";

/** Whose window. */
interface CountedModel {
  readonly provider: string;
  readonly model: string;
}

/** What a call asks of a model: each is looked for only where a model may lack it. */
export interface Needs {
  /** The first of these media that it brings. */
  readonly mediumOf: (kinds: readonly Medium[]) => Medium | undefined;
  /** Whether the model may have to call a tool. */
  readonly tools: () => boolean;
  /** Whether its answer must fit a JSON Schema. */
  readonly schema: () => boolean;
  /** The fewest tokens that its prompt can have, where they are more than `window`. */
  readonly tokensBeyond: (window: number, of: CountedModel) => number | undefined;
}

/** A call as it came. */
export interface CallInBytes {
  readonly bodyBytes: number;
  /** Whether one of the texts stands in the body. */
  readonly holds: (texts: readonly string[]) => boolean;
  /** The call in the canonical form; `undefined` when it cannot be read: then its upstream may judge it. */
  readonly call: () => Call | undefined;
  /** The fewest tokens that the body can have, by all that is known of such models; exact only where they are more than `window`. */
  readonly tokensAtLeast: (of: CountedModel, window: number) => number;
}

/** `inlineData`, `fileData`, and the same with `_`. */
const inGemini = ['"inline', '"file'];

/** How names begin of which one stands in every body, of any dialect, that brings the medium: few, since each is searched for. */
const marks: Readonly<Record<Medium, readonly string[]>> = {
  text: [],
  image: ['"image', '"input_image', ...inGemini],
  audio: ['"input_audio', ...inGemini],
  video: ['"video_url', ...inGemini],
  document: ['"input_file', '"document', ...inGemini],
};
const marksOf = (kinds: readonly Medium[]): readonly string[] => [
  ...new Set(kinds.flatMap((kind) => marks[kind])),
];
const allMarks = marksOf(media);
const toolMarks = ['"tools"'];
/** In Gemini `responseSchema`, `responseJsonSchema`, and the same with `_`. */
const schemaMarks = ['"schema"', '"response'];

/** Bytes of a token that no tokenizer falls below by much: shorter bodies fit without being looked into. */
const bytesPerTokenMin = 2;

/**
 * The needs of a call that is still bytes, for all the models that it may go to: its body is searched once for each need,
 * and read only where what was searched for stands in it.
 */
export function needsOf({ bodyBytes, holds, call, tokensAtLeast }: CallInBytes): Needs {
  const held = new Map<string, boolean>();
  const isMarked = (need: string, texts: () => readonly string[]): boolean => {
    const known = held.get(need) ?? holds(texts());
    held.set(need, known);
    return known;
  };
  let brought: ReadonlySet<Medium> | undefined;
  return {
    mediumOf: (kinds) => {
      if (!isMarked(kinds.join(), () => marksOf(kinds))) return undefined;
      brought ??= mediaOf(call());
      return kinds.find((kind) => brought?.has(kind));
    },
    tools: () => isMarked("tools", () => toolMarks) && mayCall(call()),
    schema: () => isMarked("schema", () => schemaMarks) && call()?.output?.kind === "schema",
    tokensBeyond: (window, of) => {
      // The bytes of images and files say nothing of their tokens.
      if (bodyBytes <= window * bytesPerTokenMin || isMarked("any", () => allMarks)) return undefined;
      const least = tokensAtLeast(of, window);
      return least > window ? least : undefined;
    },
  };
}

const mayCall = (call: Call | undefined): boolean =>
  call !== undefined && call.tools.length > 0 && call.toolChoice?.kind !== "none";

const mediaOf = ({ instructions, turns }: Partial<Call> = {}): ReadonlySet<Medium> =>
  new Set([...(instructions ?? []), ...(turns ?? []).flatMap(({ parts }) => parts)].flatMap(mediaIn));

/** The media of one part; a document of plain text is text. */
function mediaIn(part: Part): readonly Medium[] {
  switch (part.kind) {
    case "image":
    case "audio":
    case "video":
      return [part.kind];
    case "document":
      return part.source.kind === "text" || part.mediaType?.startsWith("text/") === true ? [] : ["document"];
    case "tool-result":
      return part.content.flatMap(mediaIn);
    default:
      return [];
  }
}
