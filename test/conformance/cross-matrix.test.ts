import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { agreementOf, printMatrix, scoreOf } from "../support/matrix/report.ts";
import { type RequestRow, requestRows } from "../support/matrix/requests.ts";
import { fixtureSamples, recordedSamples } from "../support/matrix/samples.ts";
import { type Tally, tallyOf } from "../support/matrix/tally.ts";
import { hasRecordedTraffic } from "../support/recorded-traffic.ts";

const report = join(import.meta.dirname, "../../docs/conformance.md");

/** Fixtures that are no answer of one call: comparing them would be comparing with an edit. */
const edited = [
  // Several turns of a conversation in one message, whose calls are long answered.
  "anthropic/src/__fixtures__/anthropic-programmatic-tool-calling.1.json",
  // The pieces of its texts are shortened by hand.
  "openai/src/responses/__fixtures__/openai-phase.1.chunks.txt",
];

describe.skipIf(!hasRecordedTraffic())("every answer, for every client", () => {
  let tally: Tally;
  let rows: readonly RequestRow[];
  let answers = 0;
  let fixtures = 0;

  beforeAll(async () => {
    const made = fixtureSamples();
    fixtures = made.files;
    const samples = [...recordedSamples(), ...made.samples].filter(
      ({ name, status, body, frames }) =>
        status === 200 && (body.length > 0 || frames.length > 0) && !edited.includes(name),
    );
    answers = samples.length;
    tally = await tallyOf(samples);
    rows = requestRows();
  }, 120_000);

  it("is translated without a crash; all recordings and fixtures are there", () => {
    expect(tally.crashes).toEqual([]);
    expect(fixtures).toBe(304);
    expect(answers).toBeGreaterThanOrEqual(1100);
    expect(tally.translations).toBeGreaterThanOrEqual(7000);
  });

  it("agrees in at least 99.5 % of what both dialects can say, and declares every other difference", () => {
    const undeclared = tally.entries.filter(({ outcome }) => outcome === "undeclared");
    expect(undeclared.slice(0, 5)).toEqual([]);
    expect(agreementOf(scoreOf(tally.entries))).toBeGreaterThanOrEqual(99.5);
  });

  it("is read as a failure only where it is none", () => {
    const causes = tally.failures.map((failure) => failure.split(": ").slice(0, 2).join(": "));
    expect([...new Set(causes)].toSorted()).toEqual([
      // Two messages spliced into one stream.
      "anthropic-messages: upstream_stream_broken",
      // Recorded as Cohere's, but in the dialect of Writer.
      "cohere-chat: upstream_malformed_response",
      "openai-chat: content_refused",
      "openai-responses: upstream_quota_exhausted",
    ]);
    expect(tally.failures.length).toBeLessThanOrEqual(14);
  });

  it("requests go to every upstream without a crash, and at least 95 % come back the same", () => {
    expect(rows).toHaveLength(24);
    expect(rows.flatMap(({ crashes }) => crashes)).toEqual([]);
    for (const { client, upstream, requests, refused, back } of rows) {
      expect(refused / requests, `${client} to ${upstream}`).toBeLessThan(0.1);
      if (back !== undefined)
        expect(back.equal / back.compared, `${client} to ${upstream} and back`).toBeGreaterThanOrEqual(0.95);
    }
  });

  it("is what docs/conformance.md says (UPDATE_GOLDEN=1 writes it)", () => {
    const printed = printMatrix(tally, rows, { answers, fixtures });
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(report, printed);
    expect(readFileSync(report, "utf8")).toBe(printed);
  });
});
