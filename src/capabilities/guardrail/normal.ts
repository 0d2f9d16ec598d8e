/**
 * Where units of the detection text have come from. From unit `at` on, up to the next segment: each from one character,
 * in order, the first from `start`; or, if not `isStraight`, all from the characters `start` to `end`.
 */
export interface Segment {
  readonly at: number;
  readonly start: number;
  readonly end: number;
  readonly isStraight: boolean;
}

/** A stretch of text as detectors see it. */
export interface Normal {
  readonly text: string;
  readonly segments: readonly Segment[];
}

const dropped = 0xfffe;
const several = 0xffff;
/** 0: not looked up yet. What each unit of the basic plane becomes. */
const table = new Uint16Array(65_536);
const expansions = new Map<number, string>();

/** Shown as nothing: zero-width, bidi controls, variation selectors, soft hyphens. */
const hidden = /^[\p{Default_Ignorable_Code_Point}\p{Cf}]$/u;
const decimal = /^\p{Nd}$/u;

/**
 * One character as detectors see it: NFKC of it alone, nothing where it is invisible, an ASCII digit for any decimal one.
 * Composition across characters is left out: no entity has any, and so a cut between two changes nothing.
 */
export function normalCharacter(character: string): string {
  if (hidden.test(character)) return "";
  const folded = character.normalize("NFKC");
  return decimal.test(folded) ? digitOf(folded) : folded;
}

/** Decimal digits stand in the standard in rows of ten, zero first; no two rows touch that NFKC leaves as they are. */
function digitOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return character;
  let value = 0;
  while (value < 9 && decimal.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value);
}

function lookUp(code: number): number {
  const known = table[code] ?? 0;
  if (known !== 0 || code === 0) return known;
  const made = normalCharacter(String.fromCharCode(code));
  let entry: number = several;
  if (made.length === 0) entry = dropped;
  else if (made.length === 1) entry = made.charCodeAt(0);
  else expansions.set(code, made);
  table[code] = entry;
  return entry;
}

/** Whether the unit is seen as itself. */
export const isItself = (code: number): boolean =>
  code < 0x80 || ((code < 0xd800 || code > 0xdfff) && lookUp(code) === code);

/** Collects units; astral characters arrive as pairs. */
export interface UnitSink {
  /** Units that are seen as themselves. */
  readonly straight: (text: string, start: number) => void;
  /** A unit that was `start` to `end` of the text as it came. */
  readonly add: (code: number, start: number, end: number) => void;
  /** All that was added, and the invisible characters at its end. */
  readonly made: () => Normal & { readonly invisible: number };
}

/** So many invisible characters in a row count as none; one more is a blank, so that no entity is drawn out without end. */
const invisibleMax = 64;

export function createUnits(invisibleBefore: number): UnitSink {
  const pieces: string[] = [];
  const segments: Segment[] = [];
  let length = 0;
  let invisible = invisibleBefore;
  let high: { readonly code: number; readonly start: number } | undefined;
  const put = (made: string, segment: Omit<Segment, "at">): void => {
    invisible = 0;
    pieces.push(made);
    pushSegment(segments, { ...segment, at: length });
    length += made.length;
  };
  const putAll = (made: string, start: number, end: number): void =>
    put(made, { start, end, isStraight: false });
  const lone = (): void => {
    if (high !== undefined) putAll("\ufffd", high.start, high.start + 1);
    high = undefined;
  };
  const show = (made: string, start: number, end: number): void => {
    if (made !== "") putAll(made, start, end);
    else {
      invisible += 1;
      if (invisible > invisibleMax) putAll(" ", start, end);
    }
  };
  return {
    straight: (text, start) => {
      if (text === "") return;
      lone();
      put(text, { start, end: start + text.length, isStraight: true });
    },
    add: (code, start, end) => {
      const isLow = code >= 0xdc00 && code <= 0xdfff;
      if (high !== undefined && isLow) {
        const first = high;
        high = undefined;
        show(normalCharacter(String.fromCharCode(first.code, code)), first.start, end);
        return;
      }
      lone();
      if (code >= 0xd800 && code <= 0xdbff) high = { code, start };
      else if (isLow) putAll("\ufffd", start, end);
      else show(singleOf(code), start, end);
    },
    made: () => {
      lone();
      return { text: pieces.join(""), segments, invisible };
    },
  };
}

/** One behind others; straight ones that go on where the last ended are one. */
export function pushSegment(segments: Segment[], segment: Segment): void {
  const last = segments.at(-1);
  const goesOn =
    last?.isStraight === true && segment.isStraight && last.start + segment.at - last.at === segment.start;
  if (!goesOn) segments.push(segment);
}

function singleOf(code: number): string {
  const entry = code < 0x80 ? code : lookUp(code);
  if (entry === dropped) return "";
  return entry === several ? (expansions.get(code) ?? "") : String.fromCharCode(entry);
}
