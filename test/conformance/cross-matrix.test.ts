import { writeFileSync } from "node:fs";
import { it } from "vitest";
import { fixtureSamples, recordedSamples } from "../support/matrix/samples.ts";
import { tallyOf } from "../support/matrix/tally.ts";
it("probe", async () => {
  const fx = fixtureSamples();
  const rec = recordedSamples();
  const samples = [...rec, ...fx.samples].filter(
    (s) => s.status === 200 && (s.body.length > 0 || s.frames.length > 0),
  );
  const tally = await tallyOf(samples);
  writeFileSync(
    "/tmp/tally.json",
    JSON.stringify({ fx: fx.files, n: samples.length, rec: rec.length, ...tally }),
  );
});
