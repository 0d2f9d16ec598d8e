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

const capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const letters = `abcdefghijklmnopqrstuvwxyz${capitals}`;
const digits = "0123456789";

/** What a character is, as bits, as far as its neighbours matter; units beyond ASCII are nothing of it. */
const is = { digit: 1, letter: 2, space: 4, stop: 8, optionEnd: 16 } as const;
/** All characters beyond ASCII. */
const foreignSlot = 128;
const classes = new Uint8Array(foreignSlot + 1);
const mark = (characters: string, bit: number): void => {
  for (const slot of slotsOf(characters)) classes[slot] = (classes[slot] ?? 0) | bit;
};
const slotsOf = (characters: string): Uint8Array =>
  Uint8Array.from(characters, (character) => character.charCodeAt(0));
mark(digits, is.digit);
mark(letters, is.letter);
mark(" \t\n\r\f\v", is.space);
mark(".!?", is.stop);
mark(".):", is.optionEnd);

/** What is only counted, wherever it stands. */
const slots = {
  letters: slotsOf(letters),
  capitals: slotsOf(capitals),
  digits: slotsOf(digits),
  math: slotsOf("=+*/^<>-"),
  code: slotsOf("{};"),
  latex: slotsOf("\\$"),
  quotes: slotsOf("\"'"),
  money: slotsOf("%$"),
} as const;

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
const unit = { newline: 10, comma: 44, question: 63 } as const;
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
  tallies.fill(0);
  if (text.length <= 2 * sideMax) scan(text, 0, text.length, counts);
  else {
    scan(text, 0, sideMax, counts);
    scan(text, text.length - sideMax, text.length, counts);
  }
  addTallies(counts);
  return counts;
}

/** How often each character stands in the text that is read; kept for the next one, since it is always the same size. */
const tallies = new Uint32Array(foreignSlot + 1);
const timesOf = (slot: number): number => tallies[slot] ?? 0;
const kindOf = (slot: number): number => classes[slot] ?? 0;
const timesOfAll = (of: Uint8Array): number => {
  let times = 0;
  for (let index = 0; index < of.length; index += 1) times += timesOf(of[index] ?? 0);
  return times;
};

function addTallies(counts: Counts): void {
  counts.letters = timesOfAll(slots.letters);
  counts.capitals = timesOfAll(slots.capitals);
  counts.digits = timesOfAll(slots.digits);
  counts.math = timesOfAll(slots.math);
  counts.code = timesOfAll(slots.code);
  counts.latex = timesOfAll(slots.latex);
  counts.quotes = timesOfAll(slots.quotes);
  counts.money = timesOfAll(slots.money);
  counts.foreign = timesOf(foreignSlot);
  counts.newlines = timesOf(unit.newline);
  counts.questions = timesOf(unit.question);
  counts.commas = timesOf(unit.comma);
}

/** One pass over a part of the text; white space is thought before it, and a line break behind its end. */
function scan(text: string, from: number, to: number, counts: Counts): void {
  let run = 0;
  let hash = 0;
  let lineFrom = from;
  let before: number = is.space;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    const slot = code < foreignSlot ? code : foreignSlot;
    const kind = kindOf(slot);
    tallies[slot] = timesOf(slot) + 1;
    if ((kind & is.letter) !== 0) {
      run += 1;
      hash = hashStep(hash, code | 32);
    } else if (run > 0) {
      endWord(run, hash, counts);
      if (run === 1 && (kind & is.optionEnd) !== 0) addOption(text.charCodeAt(at - 1), at - from, counts);
      run = 0;
      hash = 0;
    }
    if ((kind & is.space) === 0) addStart(kind, before, counts);
    else {
      if ((before & is.stop) !== 0) counts.sentences += 1;
      if (code === unit.newline) {
        counts.shortestLine = Math.min(counts.shortestLine, at - lineFrom);
        endLine(text, lineFrom, at, counts);
        lineFrom = at + 1;
      }
    }
    before = kind;
  }
  if (run > 0) endWord(run, hash, counts);
  if ((before & is.stop) !== 0) counts.sentences += 1;
  endLine(text, lineFrom, to, counts);
}

/** What begins with a character, behind one of another kind. */
function addStart(kind: number, before: number, counts: Counts): void {
  if ((before & is.space) !== 0) counts.words += 1;
  if ((kind & is.digit & ~before) !== 0) counts.numbers += 1;
}

function endWord(run: number, hash: number, counts: Counts): void {
  if (run >= longWord) counts.longWords += 1;
  const known = kindByHash[hash] ?? 0;
  const kind = known === 0 ? undefined : kindNames[known - 1];
  if (kind !== undefined) counts[kind] += 1;
}

/** A letter from A to E on its own, before a dot or a bracket: an answer to choose. */
function addOption(letter: number, at: number, counts: Counts): void {
  if (letter < 65 || letter > 69) return;
  counts.options += 1;
  if (counts.firstOption < 0) counts.firstOption = at;
}

function endLine(text: string, from: number, to: number, counts: Counts): void {
  const length = to - from;
  if (length > counts.longestLine) counts.longestLine = length;
  if (length > 1 && listMarks.has(text.charAt(from)) && text.charAt(from + 1) === " ") counts.lists += 1;
}
