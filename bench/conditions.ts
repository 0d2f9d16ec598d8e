import type { BenchResult } from "./result.ts";

/** When, on what and of what a result was taken, in one paragraph; a warning when others used the machine. */
export function printConditions({
  at,
  commit,
  machine,
  load,
  versions,
  rounds,
  secondsPerRun,
}: Pick<
  BenchResult,
  "at" | "commit" | "machine" | "load" | "versions" | "rounds" | "secondsPerRun"
>): string {
  const software = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const busy = load.isBusy
    ? "\n\n> **Taken on a busy machine**: others used it meanwhile. Ratios are rough, absolute figures are not to be quoted."
    : "";
  return `Taken ${at.slice(0, 16).replace("T", " ")} UTC at commit ${commit.hash}${commit.isChanged ? " with uncommitted changes" : ""}, on ${machine.processor}, ${machine.cores} cores, ${machine.memoryGib} GiB, ${machine.system}; load average ${load.before.toFixed(2)} before and ${load.after.toFixed(2)} after; ${rounds} rounds of ${secondsPerRun} s. ${software.join(", ")}.${busy}`;
}
