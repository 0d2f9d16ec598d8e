/** The part of an npm lockfile (version 3) that the rules below read. */
export interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Licences whose terms allow to use, change and ship a package under Apache-2.0. */
const anywhere = [
  "MIT",
  "MIT OR Apache-2.0",
  "Apache-2.0",
  "ISC",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "0BSD",
  "Unlicense",
  "(AFL-2.1 OR BSD-3-Clause)",
  "(Apache-2.0 AND BSD-3-Clause)",
];
/** Also allowed in tools that are never shipped. */
const inTools = ["MPL-2.0"];

const runtimePackagesMax = 45;

/** Everything in a lockfile that breaks a rule of the house, as sentences; nothing if it is in order. */
export function brokenRules({ packages }: Lockfile): readonly string[] {
  const { "": project, ...installed } = packages;
  const rows = Object.entries(installed).map(([path, found]) => ({ path, name: nameOf(path), ...found }));
  const runtime = rows.filter(({ dev, devOptional }) => !dev && !devOptional);
  return [
    ...rows.flatMap(brokenByOne),
    ...wanted(project)
      .filter(([, range]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(range))
      .map(([name, range]) => `${name} is asked for as ${range}, not as one exact version`),
    ...twice(runtime).map((name) => `${name} is there in two versions at run time`),
    ...(runtime.length > runtimePackagesMax
      ? [`${runtime.length} packages at run time, more than ${runtimePackagesMax}`]
      : []),
  ];
}

type Row = LockedPackage & { readonly path: string; readonly name: string };

function brokenByOne({
  path,
  hasInstallScript,
  resolved,
  integrity,
  link,
  license,
  dev,
}: Row): readonly string[] {
  const licences = dev ? [...anywhere, ...inTools] : anywhere;
  return [
    ...(hasInstallScript ? [`${path} runs a script when installed`] : []),
    ...(resolved === undefined
      ? []
      : [`${path} names where it comes from (${resolved}): a git or URL source, or one machine's registry`]),
    ...(integrity?.startsWith("sha512-") ? [] : [`${path} has no sha512`]),
    ...(link ? [`${path} is a link`] : []),
    ...(license !== undefined && licences.includes(license)
      ? []
      : [`${path} has the licence ${license ?? "nobody knows"}`]),
  ];
}

function wanted(project: LockedPackage | undefined): readonly (readonly [string, string])[] {
  return Object.entries({
    ...project?.dependencies,
    ...project?.devDependencies,
    ...project?.optionalDependencies,
  });
}

function twice(rows: readonly Row[]): readonly string[] {
  const versions = Map.groupBy(rows, ({ name }) => name);
  return [...versions]
    .filter(([, found]) => new Set(found.map(({ version }) => version)).size > 1)
    .map(([name]) => name);
}

/** `node_modules/a/node_modules/@b/c` is a place of `@b/c`. */
function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
}
