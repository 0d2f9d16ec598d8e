import { type Networks, readNetworks, unknownZone } from "../capabilities/residency/index.ts";
import type { Finding } from "./problem.ts";
import type { ReferenceWorld } from "./references.ts";
import type { WrittenConfig } from "./schema.ts";

/** The regions of networks in the file that `geo.cidrs` names. What stands in a broken one is not told. */
export function readGeo(
  { geo: { cidrs }, regions }: WrittenConfig,
  { readFile }: Pick<ReferenceWorld, "readFile">,
): { readonly networks?: Networks; readonly findings: readonly Finding[] } {
  if (cidrs === undefined) return { findings: [] };
  const fault = (why: string) => ({
    findings: [
      {
        path: ["geo", "cidrs"],
        message: `the file \`${cidrs}\` of \`geo.cidrs\` ${why}`,
        at: "value",
      } as const,
    ],
  });
  const reading = readFile(cidrs);
  if (reading.kind === "unreadable") return fault(`cannot be read: ${reading.reason}`);
  const read = readNetworks(reading.text, (name) => unknownZone(name, regions.zones) === undefined);
  return read.kind === "broken"
    ? fault(`cannot be used: line ${read.line} ${read.why}`)
    : { networks: read.networks, findings: [] };
}
