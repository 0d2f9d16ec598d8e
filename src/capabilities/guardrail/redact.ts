import { type FoundKind, labelOf } from "./finding.ts";
import { beginning, type Detector, type Scanned } from "./scan.ts";
import type { Vault } from "./vault.ts";
import type { Reading } from "./window.ts";

/** From the mildest to the strictest. */
export const actions = ["log", "flag", "redact", "block"] as const;
export type Action = (typeof actions)[number];

/** What is done with what was found, for one kind. */
export interface Treatment {
  readonly do: Action;
  /** `[EMAIL_1]` in the place of `[EMAIL]`. */
  readonly isNumbered: boolean;
  readonly isRestored: boolean;
}

/** Told of each finding; `value` is what was found, for a keyed digest of it and for nothing else. */
export type OnFinding = (found: {
  readonly kind: FoundKind;
  readonly action: Action;
  readonly value: string;
}) => void;

export interface RedactParts {
  readonly detector: Detector;
  readonly reading: Reading;
  readonly treatmentOf: (kind: FoundKind) => Treatment;
  readonly vault: Vault;
  readonly onFinding: OnFinding;
}

export interface Released {
  readonly text: string;
  /** Nothing may follow: what was found ends the text. */
  readonly isBlocked: boolean;
}

/** Lets a text through piece by piece, changed where its rules say so. */
export interface Redactor {
  readonly push: (chunk: string) => Released;
  readonly end: () => Released;
}

/**
 * A text without what must not be in it. What it lets out in all equals what it makes of the whole text at once, however
 * that was cut; up to where it is blocked, if it is.
 */
export function createRedactor(parts: RedactParts): Redactor {
  const { detector, reading } = parts;
  let state = beginning;
  let raw = "";
  /** Where `raw` begins in the text. */
  let base = 0;
  let isBlocked = false;
  const json = createStringWatch();
  const pass = (upTo: number): string => {
    if (upTo <= base) return "";
    const text = raw.slice(0, upTo - base);
    raw = raw.slice(upTo - base);
    base = upTo;
    if (reading === "json") json.read(text);
    return text;
  };
  const release = (scanned: Scanned): Released => {
    state = scanned.state;
    let text = "";
    for (const { kind, start, end, isEndless } of scanned.findings) {
      const treatment = parts.treatmentOf(kind);
      text += pass(start);
      const isInside = reading === "plain" || json.isInside();
      const value = pass(end);
      if (kind === "placeholder") text += restored(value, parts);
      else {
        parts.onFinding({ kind, action: isEndless === true ? "block" : treatment.do, value });
        if (treatment.do === "block" || (isEndless === true && treatment.do === "redact")) {
          isBlocked = true;
          return { text, isBlocked };
        }
        // A number outside of strings stays one, so that the text stays JSON; anything else there is none.
        text +=
          treatment.do === "redact"
            ? replacement(kind, value, { treatment, isInside, vault: parts.vault })
            : value;
      }
    }
    return { text: text + pass(scanned.safeUpTo), isBlocked };
  };
  return {
    push: (chunk) => {
      if (isBlocked) return { text: "", isBlocked };
      raw += chunk;
      return release(detector.scan(state, chunk));
    },
    end: () => (isBlocked ? { text: "", isBlocked } : release(detector.finish(state))),
  };
}

function replacement(
  kind: FoundKind,
  value: string,
  { treatment, isInside, vault }: { treatment: Treatment; isInside: boolean; vault: Vault },
): string {
  if (!isInside && isNumber.test(value)) return "0";
  return treatment.isNumbered ? vault.put(kind, value, treatment.isRestored) : `[${labelOf(kind)}]`;
}

const isNumber = /^[\d.]+$/;

function restored(placeholder: string, { vault, reading }: RedactParts): string {
  const original = vault.originalOf(placeholder) ?? placeholder;
  return reading === "json" ? JSON.stringify(original).slice(1, -1) : original;
}

/** Whether the end of a JSON text that was read so far lies inside a string. */
function createStringWatch(): { readonly read: (text: string) => void; readonly isInside: () => boolean } {
  let isInside = false;
  let isEscaped = false;
  return {
    read: (text) => {
      for (let at = 0; at < text.length; at += 1) {
        const code = text.charCodeAt(at);
        if (isEscaped) isEscaped = false;
        else if (code === 0x5c) isEscaped = isInside;
        else if (code === 0x22) isInside = !isInside;
      }
    },
    isInside: () => isInside,
  };
}
