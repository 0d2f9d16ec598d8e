import { ngramScore } from "./ngrams.ts";
import { isWord } from "./source.ts";

/**
 * How much a text looks like one that would have a model do something else than it was told, 0 to 1: the larger of what
 * rules and what counted runs of characters say. Base64 in it is read once and scored the same.
 */
export function injectionScore(text: string): number {
  const own = scoreOf(text);
  let hidden = 0;
  for (const run of base64Runs(text)) {
    const decoded = readBase64(run);
    if (decoded !== undefined) hidden = Math.max(hidden, scoreOf(decoded));
  }
  return Math.max(own, hidden);
}

const runMin = 24;
const runMax = 4000;

/** Runs of base64 of 24 characters and more, the longer ones in pieces. One character in 24 is looked at where there is none. */
function* base64Runs(text: string): Generator<string, void> {
  let done = 0;
  for (let at = runMin - 1; at < text.length; at += runMin) {
    if (!isBase64(text.charCodeAt(at))) continue;
    let start = at;
    while (start > done && isBase64(text.charCodeAt(start - 1))) start -= 1;
    let end = at + 1;
    while (end < text.length && end - start < runMax && isBase64(text.charCodeAt(end))) end += 1;
    if (end - start < runMin) continue;
    yield text.slice(start, end);
    done = end;
    at = end - 1;
  }
}

const isBase64 = (code: number): boolean => isWord(code) || code === 0x2b || code === 0x2f;

const scoreOf = (text: string): number => Math.max(ruleScore(text), ngramScore(text));

/** Patterns without nested repetition: linear in the text. */
const rules: readonly (readonly [pattern: RegExp, score: number])[] = [
  // Characters of Unicode's tag block spell ASCII that nobody sees; flags end them with U+E007F.
  [/(?<!\u{1F3F4})[\u{E0020}-\u{E007E}]{4}/u, 0.97],
  // What overrides the direction of writing; isolates and marks are usual in Arabic and Hebrew.
  [/[\u202D\u202E]/, 0.9],
  [/<\|(?:im_start|im_end|system|endoftext|start_header_id|eot_id)\|>|\[\/?INST\]|<<\/?SYS>>/, 0.95],
  [/(?:^|\n)\s{0,8}#{0,4} ?(?:system|developer) ?(?:prompt|message|override)? ?: /i, 0.9],
  [/<\/?(?:system|developer)(?:[_ -]?(?:prompt|message))?>/i, 0.9],
  [
    /\b(?:ignore|disregard|forget|override|bypass)\b.{0,30}\b(?:previous|prior|above|earlier|preceding|all|your|system|initial|original)\b.{0,30}\b(?:instructions?|prompts?|rules?|guidelines?|directions?|messages?|restrictions?)\b/is,
    0.96,
  ],
  [
    /\b(?:reveal|print|repeat|show|output|leak)\b.{0,30}\b(?:system|initial|hidden|secret)\b.{0,12}\b(?:prompt|instructions?|message)\b/is,
    0.93,
  ],
  [
    /\byou are (?:now|no longer)\b.{0,60}\b(?:dan|unrestricted|jailbroken|without (?:any )?(?:restrictions|rules|limits)|bound by)\b/is,
    0.95,
  ],
  [/\b(?:developer|debug|god|dan|jailbreak) mode\b.{0,30}\b(?:enabled|activated|on)\b/is, 0.93],
  [
    /ignor(?:e|iere|iert|ez|a|ad|are)\b.{0,30}\b(?:anweisungen|instrucciones|instructions|istruzioni|instruções)\b/is,
    0.95,
  ],
  [/игнорируй.{0,40}(?:инструкци|указани)/is, 0.95],
  [/(?:忽略|无视|無視).{0,12}(?:指令|指示|说明|規則|规则)/s, 0.95],
];

function ruleScore(text: string): number {
  let best = 0;
  for (const [pattern, score] of rules) if (score > best && pattern.test(text)) best = score;
  return best;
}

/** The text that a run of base64 stands for; `undefined`: it stands for none that a person could read. */
function readBase64(run: string): string | undefined {
  const bytes = new Uint8Array(Math.floor((run.length * 3) / 4));
  let bits = 0;
  let width = 0;
  let at = 0;
  for (let index = 0; index < run.length; index += 1) {
    bits = ((bits << 6) | alphabet.indexOf(run.charAt(index))) & 0xffffff;
    width += 6;
    if (width >= 8) {
      width -= 8;
      bytes[at] = (bits >> width) & 0xff;
      at += 1;
    }
  }
  try {
    const text = decoder.decode(bytes);
    // oxlint-disable-next-line no-control-regex -- what is no text has such characters
    return /[\0-\x08\x0e-\x1f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const decoder = new TextDecoder("utf-8", { fatal: true });
