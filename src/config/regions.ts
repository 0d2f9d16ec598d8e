import { unknownZone } from "../capabilities/residency/index.ts";
import type { Path } from "./path.ts";
import type { Finding } from "./problem.ts";
import type { WrittenConfig } from "./schema.ts";

/** A zone that nobody knows would shut out everybody, and nobody would know why. */
export function checkRegions({ regions, models }: WrittenConfig): readonly Finding[] {
  const unknown = (zones: readonly string[] | undefined, path: Path): readonly Finding[] =>
    (zones ?? []).flatMap((zone, index): readonly Finding[] => {
      const message = unknownZone(zone, regions.zones);
      return message === undefined ? [] : [{ path: [...path, index], message, at: "value" }];
    });
  const here = regions.here === undefined ? undefined : unknownZone(regions.here, regions.zones);
  return [
    ...(here === undefined ? [] : [{ path: ["regions", "here"], message: here, at: "value" } as const]),
    ...unknown(regions.residency, ["regions", "residency"]),
    ...regions.egress.flatMap(({ from, to }, index) =>
      Object.entries({ from, to }).flatMap(([end, zone]) => {
        const message = zone === undefined ? undefined : unknownZone(zone, regions.zones);
        return message === undefined
          ? []
          : [{ path: ["regions", "egress", index, end], message, at: "value" } as const];
      }),
    ),
    ...Object.entries(models).flatMap(([name, { residency }]) =>
      unknown(residency, ["models", name, "residency"]),
    ),
  ];
}
