import type { Dice } from "../seeded.ts";

/**
 * A short text that matches the regular expression `pattern`, or `undefined` when the pattern uses what is not understood
 * here (look-around, back references) and no text could be found.
 */
export function textMatching(pattern: string, dice: Dice): string | undefined {
  const matcher = compile(pattern);
  if (!matcher) return undefined;
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const text = sample(pattern, dice);
    if (matcher.test(text)) return text;
  }
  return undefined;
}

function compile(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, "u");
  } catch {
    return undefined;
  }
}

const printable = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index));
const digits = Array.from("0123456789");
const wordly = Array.from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
const classes: Readonly<Record<string, readonly string[]>> = {
  d: digits,
  w: wordly,
  s: [" "],
  D: wordly.slice(0, 26),
  W: ["-"],
  S: wordly.slice(0, 26),
  t: ["\t"],
  n: ["\n"],
  r: ["\r"],
};

/** Walks a pattern once from left to right and writes down one text it describes. */
function sample(pattern: string, dice: Dice): string {
  let at = 0;
  const peek = (): string => pattern.charAt(at);
  const pick = (options: readonly string[]): string => options[dice.below(options.length)] ?? "";
  return alternatives();

  function alternatives(): string {
    const branches: string[] = [];
    do branches.push(branch());
    while (take("|"));
    return pick(branches);
  }

  function branch(): string {
    let text = "";
    while (at < pattern.length && peek() !== "|" && peek() !== ")") {
      const start = at;
      const first = piece();
      const [least, most] = repeats();
      const after = at;
      const times = least + dice.below(Math.min(most, least + 3) - least + 1);
      if (times > 0) text += first;
      for (let time = 1; time < times; time += 1) {
        at = start;
        text += piece();
      }
      at = after;
    }
    return text;
  }

  function piece(): string {
    const letter = next();
    if (letter === "^" || letter === "$") return "";
    if (letter === ".") return pick(wordly);
    if (letter === "[") return pick(set());
    if (letter === "\\") return escaped();
    if (letter !== "(") return letter;
    if (take("?") && !take(":")) while (at < pattern.length && next() !== ">");
    const text = alternatives();
    take(")");
    return text;
  }

  function escaped(): string {
    const letter = next();
    return letter === "b" || letter === "B" ? "" : pick(classes[letter] ?? [letter]);
  }

  function set(): readonly string[] {
    const isNegated = take("^");
    const members: string[] = [];
    while (at < pattern.length && !take("]")) {
      const from = next();
      if (from === "\\") {
        const letter = next();
        members.push(...(classes[letter] ?? [letter]));
      } else if (peek() === "-" && pattern.charAt(at + 1) !== "]") {
        at += 1;
        members.push(...between(from, next()));
      } else {
        members.push(from);
      }
    }
    return isNegated ? [...wordly, ...printable].filter((letter) => !members.includes(letter)) : members;
  }

  /** How often the piece before may stand: least and most, where "no limit" is three more than the least. */
  function repeats(): readonly [number, number] {
    const sign = /^(?:[*+?]|\{(\d+)(,(\d*))?\})\??/.exec(pattern.slice(at));
    if (!sign) return [1, 1];
    at += sign[0].length;
    if (sign[1] === undefined)
      return sign[0].startsWith("*") ? [0, 3] : sign[0].startsWith("+") ? [1, 4] : [0, 1];
    const least = Number(sign[1]);
    if (sign[2] === undefined) return [least, least];
    return [least, sign[3] === "" ? least + 3 : Number(sign[3])];
  }

  function next(): string {
    at += 1;
    return pattern.charAt(at - 1);
  }

  function take(letter: string): boolean {
    if (peek() !== letter) return false;
    at += 1;
    return true;
  }
}

function between(from: string, to: string): readonly string[] {
  const start = from.charCodeAt(0);
  const length = Math.max(0, Math.min(to.charCodeAt(0) - start + 1, 256));
  return Array.from({ length }, (_, index) => String.fromCharCode(start + index));
}
