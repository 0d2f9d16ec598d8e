import { builtInKinds } from "../src/capabilities/guardrail/finding.ts";
import { injectionScore } from "../src/capabilities/guardrail/injection-score.ts";
import { beginning, createDetector } from "../src/capabilities/guardrail/scan.ts";
import { createSeededRandom } from "../src/platform/memory/index.ts";
import { type CostRow, costOf } from "./cost-of.ts";

/** Prose as it comes: words, numbers, marks, now and then an address. */
function prose(bytes: number): string {
  const random = createSeededRandom(5);
  const words = Array.from({ length: 500 }, () =>
    Array.from(random.bytes(2 + ((random.bytes(1)[0] ?? 0) % 8)), (byte) =>
      String.fromCharCode(97 + (byte % 26)),
    ).join(""),
  );
  let text = "";
  for (let count = 0; text.length < bytes; count += 1) {
    const [pick = 0, more = 0] = random.bytes(2);
    text += `${words[(pick * 256 + more) % words.length] ?? ""}${count % 12 === 11 ? ". " : count % 7 === 6 ? ", " : " "}`;
    if (count % 40 === 39) text += `${pick}.${more} `;
    if (count % 400 === 399) text += "jane@example.com ";
  }
  return text.slice(0, bytes);
}

/** All built-in detectors over 8 KiB at once, over the same in pieces of a token, and the score of injection. */
export function guardrailRows(): readonly CostRow[] {
  const text = prose(8192);
  const tokens = text.match(/.{1,5}/gs) ?? [];
  const detector = createDetector({ kinds: new Set(builtInKinds) });
  let sink = 0;
  const rows: readonly CostRow[] = [
    [
      "guardrails: all detectors, 8 KiB at once (410 µs: 20 MB/s)",
      costOf(
        () => {
          const { state } = detector.scan(beginning, text);
          sink += detector.finish(state).safeUpTo;
        },
        1,
        2000,
      ),
      "≤ 410 µs median, ≤ 2 ms p99",
    ],
    [
      "guardrails: all detectors, 8 KiB as a stream of tokens",
      costOf(
        () => {
          let state = beginning;
          for (const token of tokens) state = detector.scan(state, token).state;
          sink += detector.finish(state).safeUpTo;
        },
        1,
        2000,
      ),
      "-",
    ],
    [
      "guardrails: score of injection, 8 KiB",
      costOf(() => void (sink += injectionScore(text)), 1, 2000),
      "-",
    ],
  ];
  if (sink === Number.POSITIVE_INFINITY) console.log("never");
  return rows;
}
