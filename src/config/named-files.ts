/** Settings whose value is the name of a file. */
const fileSettings = [
  "certFile",
  "keyFile",
  "clientCaFile",
  "crlFile",
  "supergraph",
  "schema",
  "manifest",
  "cidrs",
];

const scalar = String.raw`(?:"([^"\r\n]+)"|'([^'\r\n]+)'|((?:\$\{[^}\r\n]*\}|[^\s"'{}\[\],#])(?:\$\{[^}\r\n]*\}|[^\r\n,}\]#])*))`;
const ofSetting = new RegExp(
  String.raw`(?:^|[\s{,"'])(?:${fileSettings.join("|")})["']?[ \t]*:[ \t]+${scalar}`,
  "gm",
);
const ofDataDir = new RegExp(String.raw`^dataDir[ \t]*:[ \t]+${scalar}`, "m");
const ofReference = /(?:^|[\s"'[{,])file:([^\s"',}\]#][^"',}\]\r\n#]*)/gm;
const variable = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^{}\r\n]*))?\}/g;

/** What a configuration names of the file system, as written, but for variables, which are resolved. */
export interface NamedFiles {
  readonly files: readonly string[];
  readonly dataDir: string | undefined;
}

/**
 * The files that a configuration text names, and its data directory: found by the names of settings alone, before anything
 * is parsed, so that a process can be given what it will read. What is written in some way that this does not know
 * (anchors, more than one line) is not found; what only looks like it may be.
 */
export function namedFiles(text: string, env: (name: string) => string | undefined): NamedFiles {
  const valueOf = ([, double, single, plain]: RegExpMatchArray): string => double ?? single ?? plain ?? "";
  const resolved = (written: string): string =>
    written
      .trim()
      .replace(/^file:/, "")
      .replace(variable, (_, name: string, fallback: string | undefined) => env(name) || (fallback ?? ""));
  const written = [
    ...[...text.matchAll(ofSetting)].map(valueOf),
    ...[...text.matchAll(ofReference)].map(([, path = ""]) => path),
  ];
  const files = [...new Set(written.map(resolved))].filter((path) => path !== "");
  const dataDir = ofDataDir.exec(text);
  return { files, dataDir: dataDir === null ? undefined : resolved(valueOf(dataDir)) };
}
