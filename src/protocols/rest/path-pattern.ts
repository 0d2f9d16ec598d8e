import { defaultTargetRules, isCanonicalPath } from "./canonical-target.ts";

/** One segment of a pattern: text, a name for what stands there, or a name for all that follows. */
export type PatternSegment =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "one"; readonly name: string }
  | { readonly kind: "rest"; readonly name: string | undefined };

/** Which paths a route takes. */
export interface PathPattern {
  /** As it was written. */
  readonly text: string;
  readonly kind: "exact" | "template" | "prefix";
  readonly segments: readonly PatternSegment[];
  /** Bytes that stand in the pattern as they do in the path, each segment with its slash. */
  readonly literalBytes: number;
}

export type ReadPattern =
  | { readonly kind: "pattern"; readonly pattern: PathPattern }
  /** `why`: goes behind the pattern: "has no slash in front". */
  | { readonly kind: "broken"; readonly why: string };

/**
 * Reads what a route's `path` says:
 *
 *     /a/b              exactly this; a final slash counts
 *     /a/*              /a, and all below it, by whole segments
 *     /users/{id}/posts a segment of any text that is not empty, under a name
 *     /files/{rest=**}  all that follows, or nothing, under a name; at the end only
 *
 * What is written has to be canonical, since that is what it is held against.
 */
export function readPathPattern(text: string): ReadPattern {
  if (!text.startsWith("/")) return broken("has no slash in front");
  const segments: PatternSegment[] = [];
  const names = new Set<string>();
  for (const piece of text.slice(1).split("/")) {
    if (segments.at(-1)?.kind === "rest") return broken("goes on behind what takes all the rest");
    const segment = readSegment(piece);
    if (segment === undefined) return broken(`has \`${piece}\`, which is neither text nor \`{name}\``);
    if (segment.kind !== "literal" && segment.name !== undefined) {
      if (names.has(segment.name)) return broken(`has two segments named \`${segment.name}\``);
      names.add(segment.name);
    }
    segments.push(segment);
  }
  const literals = segments.map((segment) => (segment.kind === "literal" ? segment.text : "x"));
  if (!isCanonicalPath(`/${literals.join("/")}`, { ...defaultTargetRules, encodedSlash: "keep" }))
    return broken("is not in canonical form");
  const literalBytes = segments.reduce(
    (sum, segment) => sum + (segment.kind === "literal" ? segment.text.length + 1 : 0),
    0,
  );
  return { kind: "pattern", pattern: { text, kind: kindOf(segments), segments, literalBytes } };
}

function readSegment(piece: string): PatternSegment | undefined {
  if (piece === "*") return { kind: "rest", name: undefined };
  const [, name, stars] = /^\{([A-Za-z_][A-Za-z0-9_]*)(?:=(\*{1,2}))?\}$/.exec(piece) ?? [];
  if (name !== undefined) return { kind: stars === "**" ? "rest" : "one", name };
  return /[{}*]/.test(piece) ? undefined : { kind: "literal", text: piece };
}

function kindOf(segments: readonly PatternSegment[]): PathPattern["kind"] {
  const last = segments.at(-1);
  if (segments.some((segment) => segment.kind !== "literal" && segment.name !== undefined)) return "template";
  return last?.kind === "rest" ? "prefix" : "exact";
}

const broken = (why: string) => ({ kind: "broken", why }) as const;
