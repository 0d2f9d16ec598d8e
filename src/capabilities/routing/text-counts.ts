/** As much of a longer text is read from either end. */
const sideMax = 512;

const kinds = {
  negation: "not no never except false incorrect none least without",
  question: "who what when where why which how",
  condition: "if then suppose assume let given because therefore each every",
} as const;
type Kind = keyof typeof kinds;

const hashStep = (hash: number, unit: number): number => (Math.imul(hash, 31) + unit) & 0xffff;
const hashOf = (word: string): number => {
  let hash = 0;
  for (let at = 0; at < word.length; at += 1) hash = hashStep(hash, word.charCodeAt(at));
  return hash;
};
/** The kind of a word by 16 bits of its hash, from 1 on; a rare word that falls on the same place counts as well. */
const kindNames = ["negation", "question", "condition"] as const satisfies readonly Kind[];
const kindByHash = new Uint8Array(65_536);
for (const [index, kind] of kindNames.entries())
  for (const word of kinds[kind].split(" ")) kindByHash[hashOf(word)] = index + 1;

/** What a character is, as bits; units beyond the table are `foreign`. */
const is = { digit: 1, letter: 2, capital: 4, space: 8, math: 16, code: 32, latex: 64, quote: 128 } as const;
const classes = new Uint8Array(128);
const mark = (characters: string, bit: number): void => {
  for (const character of characters) {
    const unit = character.charCodeAt(0);
    classes[unit] = (classes[unit] ?? 0) | bit;
  }
};
mark("0123456789", is.digit);
mark("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", is.letter);
mark("ABCDEFGHIJKLMNOPQRSTUVWXYZ", is.capital);
mark(" \t\n\r\f\v", is.space);
mark("=+*/^<>-", is.math);
mark("{};", is.code);
mark("\\$", is.latex);
mark("\"'", is.quote);

/** What a text consists of. */
export interface Counts {
  /** How many of its characters were read. */
  read: number;
  characters: number;
  words: number;
  letters: number;
  foreign: number;
  firstOption: number;
  longestLine: number;
  shortestLine: number;
  digits: number;
  newlines: number;
  questions: number;
  math: number;
  code: number;
  latex: number;
  options: number;
  lists: number;
  numbers: number;
  sentences: number;
  capitals: number;
  quotes: number;
  longWords: number;
  commas: number;
  money: number;
  negation: number;
  question: number;
  condition: number;
}

/** A word of so many letters is a long one. */
const longWord = 9;
const unit = { newline: 10, question: 63, bang: 33, dot: 46, comma: 44, percent: 37, dollar: 36 } as const;
const optionEnds = new Set([".", ")", ":"]);
const listMarks = new Set(["-", "*", "#", "•"]);

/** Counts what stands in a text: of a long one, in its first and last 512 characters. */
export function countsOf(text: string): Counts {
  const counts: Counts = {
    read: Math.min(text.length, 2 * sideMax),
    characters: text.length,
    words: 0,
    letters: 0,
    foreign: 0,
    firstOption: -1,
    longestLine: 0,
    shortestLine: 999,
    digits: 0,
    newlines: 0,
    questions: 0,
    math: 0,
    code: 0,
    latex: 0,
    options: 0,
    lists: 0,
    numbers: 0,
    sentences: 0,
    capitals: 0,
    quotes: 0,
    longWords: 0,
    commas: 0,
    money: 0,
    negation: 0,
    question: 0,
    condition: 0,
  };
  if (text.length <= 2 * sideMax) scan(text, counts);
  else {
    scan(text.slice(0, sideMax), counts);
    scan(text.slice(-sideMax), counts);
  }
  return counts;
}

/** All characters beyond ASCII. */
const foreignSlot = 128;
/** How often each character stands in the text that is read; kept for the next one, since it is always the same size. */
const tallies = new Uint32Array(foreignSlot + 1);
const timesOf = (slot: number): number => tallies[slot] ?? 0;
const kindOf = (slot: number): number => classes[slot] ?? 0;

/** One pass over the text; a line break is thought behind its end. */
function scan(text: string, counts: Counts): void {
  tallies.fill(0);
  let run = 0;
  let hash = 0;
  let lineFrom = 0;
  let before: number = is.space;
  for (let at = 0; at <= text.length; at += 1) {
    const code = at < text.length ? text.charCodeAt(at) : unit.newline;
    const slot = Math.min(code, foreignSlot);
    const kind = kindOf(slot);
    tallies[slot] = timesOf(slot) + 1;
    if ((kind & is.letter) !== 0) {
      run += 1;
      hash = hashStep(hash, code | 32);
    } else if (run > 0) {
      endWord(text, { at, run, hash }, counts);
      run = 0;
      hash = 0;
    }
    if ((kind & is.space) !== 0) {
      if (isStop(text, at - 1)) counts.sentences += 1;
    } else if ((before & is.space) !== 0) counts.words += 1;
    if ((kind & is.digit & ~before) !== 0) counts.numbers += 1;
    if (code === unit.newline) {
      endLine(text, lineFrom, at, counts);
      lineFrom = at + 1;
    }
    before = kind;
  }
  addTallies(counts);
}

const countedClasses = [
  [is.letter, "letters"],
  [is.capital, "capitals"],
  [is.digit, "digits"],
  [is.math, "math"],
  [is.code, "code"],
  [is.quote, "quotes"],
  [is.latex, "latex"],
] as const;

function addTallies(counts: Counts): void {
  for (let slot = 0; slot < foreignSlot; slot += 1) {
    const times = timesOf(slot);
    if (times === 0) continue;
    for (const [bit, name] of countedClasses) if ((kindOf(slot) & bit) !== 0) counts[name] += times;
  }
  counts.foreign += timesOf(foreignSlot);
  counts.newlines += timesOf(unit.newline) - 1;
  counts.questions += timesOf(unit.question);
  counts.commas += timesOf(unit.comma);
  counts.money += timesOf(unit.percent) + timesOf(unit.dollar);
}

const isStop = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code === unit.dot || code === unit.bang || code === unit.question;
};

interface Word {
  /** Behind its last letter. */
  readonly at: number;
  readonly run: number;
  readonly hash: number;
}

function endWord(text: string, { at, run, hash }: Word, counts: Counts): void {
  if (run >= longWord) counts.longWords += 1;
  const known = kindByHash[hash] ?? 0;
  const kind = known === 0 ? undefined : kindNames[known - 1];
  if (kind !== undefined) counts[kind] += 1;
  if (run !== 1 || !optionEnds.has(text.charAt(at))) return;
  // A letter from A to E on its own, before a dot or a bracket: an answer to choose.
  const letter = text.charCodeAt(at - 1);
  if (letter < 65 || letter > 69) return;
  counts.options += 1;
  if (counts.firstOption < 0) counts.firstOption = at;
}

function endLine(text: string, from: number, to: number, counts: Counts): void {
  const length = to - from;
  if (length > counts.longestLine) counts.longestLine = length;
  if (to < text.length && length < counts.shortestLine) counts.shortestLine = length;
  if (listMarks.has(text.charAt(from)) && text.charAt(from + 1) === " ") counts.lists += 1;
}
