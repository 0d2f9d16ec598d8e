import type { RoutingSettings } from "../capabilities/routing/index.ts";
import { nearestNames } from "../kernel/nearest.ts";
import { type Path, printPath } from "./path.ts";
import { type Finding, quoteAll, suggestion } from "./problem.ts";

/** What is wrong with the pools, given the names of the configured providers. */
export function checkPools(pools: RoutingSettings, providers: readonly string[]): readonly Finding[] {
  return Object.entries(pools).flatMap(([name, { targets, route }]) => {
    const judge = route?.judge?.use;
    return [
      ...checkName(name, providers),
      ...targets.flatMap(({ provider }, index) =>
        checkProvider(provider, { what: `a target of ${quoted(name)}`, providers }, [
          ...["models", name, "targets"],
          index,
          "provider",
        ]),
      ),
      ...(judge === undefined
        ? []
        : checkProvider(
            judge.slice(0, judge.indexOf("/")),
            { what: `the judge of ${quoted(name)}`, providers },
            ["models", name, "route", "judge", "use"],
          )),
      ...checkRepeated(name, targets),
    ];
  });
}

function checkProvider(
  provider: string,
  { what, providers }: { readonly what: string; readonly providers: readonly string[] },
  path: Path,
): readonly Finding[] {
  if (providers.includes(provider)) return [];
  const near = nearestNames(provider, providers, 2);
  const hint = near.length > 0 ? suggestion(near) : `; configured are ${quoteAll(providers) || "none"}`;
  const message = `${what} names the provider \`${provider}\`, which is not configured${hint}`;
  return [{ path, message, at: "value" }];
}

function checkName(name: string, providers: readonly string[]): readonly Finding[] {
  const slash = name.indexOf("/");
  const provider = slash > 0 ? name.slice(0, slash) : undefined;
  if (provider === undefined || !providers.includes(provider)) return [];
  return [
    {
      path: ["models", name],
      message: `the pool ${quoted(name)} would hide a model of the provider \`${provider}\`; give it another name`,
      at: "name",
    },
  ];
}

function checkRepeated(name: string, targets: RoutingSettings[string]["targets"]): readonly Finding[] {
  const seen = new Set<string>();
  return targets.flatMap((target, index): readonly Finding[] => {
    const reference = `${target.provider}/${target.model}`;
    if (!seen.has(reference)) {
      seen.add(reference);
      return [];
    }
    return [
      {
        path: ["models", name, "targets", index],
        message: `${quoted(name)} has the target \`${reference}\` twice`,
        at: "value",
      },
    ];
  });
}

function quoted(name: string): string {
  return `\`${printPath(["models", name])}\``;
}

/** The path in the text: a pool in its short form is the list of targets itself. */
export function poolPathAsWritten(path: Path, root: unknown): Path {
  const [section, name, field, ...rest] = path;
  if (section !== "models" || name === undefined || field !== "targets") return path;
  return Array.isArray(member(member(root, "models"), String(name))) ? ["models", name, ...rest] : path;
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
