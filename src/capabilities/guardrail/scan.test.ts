import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builtInKinds, type FoundKind } from "./finding.ts";
import { createRedactor, type Treatment } from "./redact.ts";
import { pem, samples } from "./samples.test-support.ts";
import { beginning, createDetector } from "./scan.ts";
import { createVault } from "./vault.ts";
import type { Reading } from "./window.ts";

const all = new Set<string>(builtInKinds);

function found(text: string, kinds: ReadonlySet<string> = all): readonly (readonly [FoundKind, string])[] {
  const detector = createDetector({ kinds });
  const first = detector.scan(beginning, text);
  const last = detector.finish(first.state);
  return [...first.findings, ...last.findings].map(({ kind, start, end }) => [kind, text.slice(start, end)]);
}

const redact: Treatment = { do: "redact", isNumbered: false, isRestored: false };

function redacted(
  chunks: readonly string[],
  reading: Reading = "plain",
  treatment: Treatment = redact,
): string {
  const redactor = createRedactor({
    detector: createDetector({ kinds: all, reading }),
    reading,
    treatmentOf: () => treatment,
    vault: createVault(() => false),
    onFinding: () => undefined,
  });
  let text = "";
  for (const chunk of chunks) {
    const released = redactor.push(chunk);
    text += released.text;
    if (released.isBlocked) return `${text}<blocked>`;
  }
  const { text: rest, isBlocked } = redactor.end();
  return `${text}${rest}${isBlocked ? "<blocked>" : ""}`;
}

describe("createDetector", () => {
  it.for(samples)("finds %s in %s, and nothing else", ([kind, value]) => {
    for (const [before, after] of [
      ["", ""],
      ["It is ", "."],
      ["он: ", ", да"],
      ["号码是", "吗"],
      ["(", ")"],
    ])
      expect(found(`${before}${value}${after}`)).toEqual([[kind, value]]);
  });

  it("lets out the same for every place at which a text is cut", () => {
    for (const [, value] of samples) {
      const text = `Look: ${value}, and ${value} too`;
      const whole = redacted([text]);
      expect(whole).not.toContain(value);
      for (let at = 1; at < text.length; at += 1)
        expect(redacted([text.slice(0, at), text.slice(at)])).toBe(whole);
    }
  });

  it("lets out the same for any cutting of any text", { timeout: 60_000 }, () => {
    const piece = fc.oneof(
      fc.constantFrom(...samples.map(([, value]) => value)),
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "4111 ",
        "1",
        "-",
        "@",
        "eyJ",
        ".",
        "api_key=",
        "\u200b",
        "４",
        "٤",
        "://u:",
        "-----BEGIN ",
        "+49",
        "[",
        "\\",
        '"',
        "\\u0040",
        "\\ud835\\udfd2",
        "\\u00",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(2000)), (pieces, cuts) => {
        const text = pieces.join("");
        const places = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length].toSorted(
          (a, b) => a - b,
        );
        const chunks = places.slice(1).map((end, index) => text.slice(places[index], end));
        expect(redacted(chunks)).toBe(redacted([text]));
        expect(redacted(chunks, "json")).toBe(redacted([text], "json"));
      }),
      { numRuns: 60 },
    );
  });

  it.for([
    ["Arabic-Indic digits", "٤١١١ ١١١١ ١١١١ ١١١١"],
    ["Devanagari digits", "४१११ ११११ ११११ ११११"],
    ["full-width digits", "４１１１１１１１１１１１１１１１"],
    ["zero-width spaces", "4111\u200b1111\u200d1111\u20601111"],
    ["mathematical digits", "𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏"],
  ] as const)("finds a card in %s", ([, value]) => {
    expect(found(`رقم ${value} هنا`)).toEqual([["card", value]]);
    const text = `رقم ${value} هنا`;
    for (let at = 1; at < text.length; at += 1)
      expect(redacted([text.slice(0, at), text.slice(at)])).toBe("رقم [CARD] هنا");
  });

  it("finds a full-width address", () => {
    expect(found("ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ")).toEqual([
      ["email", "ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ"],
    ]);
  });

  it("keeps back no more than 256 characters of what is no long secret", () => {
    for (const letter of ["a", "1", "a.", "1 ", "ab12-", "0x", "f:", "é"]) {
      const detector = createDetector({ kinds: all });
      let state = beginning;
      for (let taken = 1; taken <= 2000; taken += 1) {
        const scanned = detector.scan(state, letter);
        state = scanned.state;
        expect(taken * letter.length - scanned.safeUpTo).toBeLessThanOrEqual(detector.maxSpan);
      }
    }
  });

  it("ends at a private key that is longer than what may be kept back, and lets none of it out", () => {
    const endless = `before -----BEGIN PRIVATE KEY-----${"A".repeat(20_000)}`;
    expect(redacted([endless])).toBe("before <blocked>");
    expect(redacted(endless.match(/[\s\S]{1,997}/g) ?? [])).toBe("before <blocked>");
    expect(redacted([pem.slice(0, 200)])).toBe("[PRIVATE_KEY]");
  });

  it("takes no group of a mistyped account for a telephone or a card", () => {
    expect(found("pay to DE89 3704 0044 0532 0130 01 now")).toEqual([]);
    expect(found("GB29 4111 1111 1111 1111 19, then 030 1234567")).toEqual([["phone", "030 1234567"]]);
    expect(found("order AB12 4111 1111 1111 1111")).toEqual([["card", "4111 1111 1111 1111"]]);
    expect(found("order DE12 4111 1111 1111 1111")).toEqual([["card", "4111 1111 1111 1111"]]);
  });

  it("takes eleven digits in one piece for a CPF only beside a word for one", () => {
    expect(found("CPF: 52998224725")).toEqual([["br-cpf", "52998224725"]]);
    expect(found("order 52998224725")).toEqual([]);
    expect(found("order 529.982.247-25")).toEqual([["br-cpf", "529.982.247-25"]]);
  });

  it("takes an even token for a secret only beside a word for one", () => {
    const token = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzz9Qw8";
    expect(found(`secret_access_key = "${token}"`)).toEqual([["high-entropy", token]]);
    expect(found(`commit ${token}`)).toEqual([]);
    expect(found("password: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1")).toEqual([]);
  });

  it("takes the password out of a URL", () => {
    expect(found("postgres://admin:s3cret@db.example.com/x")).toEqual([["url-credentials", "admin:s3cret"]]);
    expect(found("redis://:s3cret@db.example.com/x")).toEqual([["url-credentials", "s3cret"]]);
    expect(found("https://example.com:8080/a@b")).toEqual([]);
  });
});

describe("patterns of the operator", () => {
  const employee = {
    name: "employee",
    maxSpan: 16,
    find: (text: string, from: number) => {
      const pattern = /\bEMP-\d{3,}\b/g;
      pattern.lastIndex = from;
      const match = pattern.exec(text);
      return match === null ? undefined : { start: match.index, end: match.index + match[0].length };
    },
  };
  const kinds = new Set(["email", "custom:employee"]);
  const through = (chunks: readonly string[]): string => {
    const redactor = createRedactor({
      detector: createDetector({ kinds, patterns: [employee] }),
      reading: "plain",
      treatmentOf: () => redact,
      vault: createVault(() => false),
      onFinding: () => undefined,
    });
    return chunks.map((chunk) => redactor.push(chunk).text).join("") + redactor.end().text;
  };

  it("are found where they stand, no longer than they may be, wherever the text is cut", () => {
    const text = "EMP-1234, xEMP-999 and EMP-55555 for a@b.example, EMP-000000000000000000000000, EMP-123";
    const whole = "[EMPLOYEE], xEMP-999 and [EMPLOYEE] for [EMAIL], EMP-000000000000000000000000, [EMPLOYEE]";
    expect(through([text])).toBe(whole);
    for (let at = 1; at < text.length; at += 1)
      expect(through([text.slice(0, at), text.slice(at)])).toBe(whole);
    expect(through(Array.from(text))).toBe(whole);
  });
});

describe("redaction of JSON", () => {
  it("leaves it JSON, whatever is found in it", () => {
    const value = fc.oneof(
      fc.constantFrom(...samples.map(([, one]) => one)),
      fc.string(),
      fc.constantFrom('"', "\\", "\n"),
    );
    const tree = fc.dictionary(
      fc.string(),
      fc.oneof(
        fc.array(value, { maxLength: 3 }).map((pieces) => pieces.join(" ")),
        fc.constantFrom(4_111_111_111_111_111, -4_111_111_111_111_111, 44_051_401_359, true, null),
      ),
    );
    fc.assert(
      fc.property(tree, fc.boolean(), fc.nat(300), (made, isSpaced, at) => {
        const text = JSON.stringify(made, null, isSpaced ? 2 : 0);
        const shown = redacted([text.slice(0, at), text.slice(at)], "json");
        expect(() => JSON.parse(shown)).not.toThrow();
        expect(shown).not.toContain("jane.doe");
        expect(shown).not.toContain("4111111111111111");
      }),
      { numRuns: 500 },
    );
  });

  it("reads escapes as what they stand for", () => {
    expect(redacted(['{"a":"\\njane\\u0040example.com\\n"}'], "json")).toBe('{"a":"\\n[EMAIL]\\n"}');
    expect(redacted(['{"n":4111111111111111}'], "json")).toBe('{"n":0}');
  });

  it("reads escapes in prose as well, so that JSON told there stays JSON", () => {
    expect(redacted(['Say {"a":"\\njane\\u0040example.com"}.'])).toBe('Say {"a":"\\n[EMAIL]"}.');
    expect(redacted(["C:\\new\\"])).toBe("C:\\new\\");
  });

  it("takes out what stands outside of strings, where the text is no JSON", () => {
    expect(redacted(["to: jane@example.com, 4111111111111111"], "json")).toBe("to: [EMAIL], 0");
  });
});
