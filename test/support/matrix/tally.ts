import type { ChatDialect, UpstreamDialect } from "../../../src/exchange/dialect.ts";
import type { Warning } from "../../../src/exchange/warning.ts";
import { type Compared, compare, declarationOf, readers } from "./compare.ts";
import { readOfficially } from "./official-clients.ts";
import type { Said } from "./said.ts";
import type { Sample } from "./samples.ts";
import { sseData } from "./split-frames.ts";
import { callOf, clients, readSample, type Written, writeFor } from "./translate.ts";
import { parseKept } from "./tree.ts";

/** One comparison of one feature of one answer in one form. */
export interface Entry extends Compared {
  readonly upstream: UpstreamDialect;
  readonly client: ChatDialect;
  readonly form: Written["form"];
  readonly sample: string;
  readonly outcome: "equal" | "declared" | "undeclared";
  readonly warning?: Warning;
}

/** What running all samples through all codecs gave. */
export interface Tally {
  readonly entries: readonly Entry[];
  /** Translations made: samples times clients times forms. */
  readonly translations: number;
  readonly crashes: readonly string[];
  /** Answers that the decoders read as failures, with the code. */
  readonly failures: readonly string[];
}

/** Translates every sample for every client and compares what arrives with what was sent. */
export async function tallyOf(samples: readonly Sample[]): Promise<Tally> {
  const entries: Entry[] = [];
  const crashes: string[] = [];
  const failures: string[] = [];
  let translations = 0;
  for (const sample of samples) {
    const told = attempt(() => ({ reading: readSample(sample), said: saidOf(sample) }));
    if ("crash" in told) {
      crashes.push(`${sample.dialect} ${sample.name}: ${told.crash}`);
      continue;
    }
    const { reading, said } = told.value;
    if (reading.kind === "failure") {
      failures.push(`${sample.dialect}: ${reading.code}: ${sample.name}`);
      continue;
    }
    for (const client of clients) {
      const written = attempt(() => writeFor(client, reading, callOf(client, sample)));
      if ("crash" in written) {
        crashes.push(`${sample.dialect} to ${client}, ${sample.name}: ${written.crash}`);
        continue;
      }
      for (const one of written.value) {
        translations += 1;
        try {
          for (const compared of await comparedFor(client, said, one))
            entries.push({
              upstream: sample.dialect,
              client,
              form: one.form,
              sample: sample.name,
              ...compared,
              ...judge(compared, one),
            });
        } catch (thrown) {
          crashes.push(`${sample.dialect} to ${client}, ${one.form}, ${sample.name}: ${String(thrown)}`);
        }
      }
    }
  }
  return { entries, translations, crashes, failures };
}

/** What the sample itself says, read from its own JSON. */
export function saidOf({ dialect, form, texts }: Sample): Said {
  const reader = readers[dialect as keyof typeof readers];
  const trees = texts.map(parseKept);
  return form === "whole" ? reader.whole(trees[0]) : reader.stream(trees);
}

/** The client's own SDK reads everything; only numbers that it rounds are read from the wire. */
async function comparedFor(client: ChatDialect, said: Said, written: Written): Promise<readonly Compared[]> {
  const reader = readers[client];
  const events = await readOfficially(client, written);
  const official = written.form === "whole" ? reader.whole(events[0]) : reader.stream(events);
  const wire = (written.form === "whole" ? [written.text] : sseData(written.text)).map(parseKept);
  const plain = written.form === "whole" ? reader.whole(wire[0]) : reader.stream(wire);
  const isText = ({ feature }: Compared): boolean => feature === "arguments as text";
  return [
    ...compare(said, official, client).filter((compared) => !isText(compared)),
    ...compare(said, plain, client).filter(isText),
  ];
}

function judge(
  { feature, expected, got }: Compared,
  { warnings }: Written,
): Pick<Entry, "outcome" | "warning"> {
  if (expected === got) return { outcome: "equal" };
  const warning = declarationOf(feature, warnings);
  return warning === undefined ? { outcome: "undeclared" } : { outcome: "declared", warning };
}

function attempt<Value>(run: () => Value): { readonly value: Value } | { readonly crash: string } {
  try {
    return { value: run() };
  } catch (thrown) {
    return { crash: String(thrown) };
  }
}
