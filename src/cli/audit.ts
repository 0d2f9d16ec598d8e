import {
  closeSync,
  createReadStream,
  existsSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import {
  cloudEventOf,
  type EvidenceSource,
  exportLines,
  type Finding,
  printVerifier,
  readExport,
  readVerifier,
  splitNotes,
  type Verifier,
  verifierOf,
  verifyLog,
} from "../capabilities/audit/index.ts";
import { GatewayError } from "../kernel/errors.ts";
import { isJsonObject, type Json } from "../kernel/json.ts";
import { readAuditFiles } from "../platform/audit-files/index.ts";
import { sha256, verifySignature } from "../platform/evidence/index.ts";
import { openInstallation } from "../platform/secrets/index.ts";
import { requireClient } from "./admin-client.ts";
import { commandLines } from "./command-lines.ts";
import { dataDirectory } from "./data-directory.ts";
import { auditDirectory, auditKeyOf, segmentSize } from "./open-audit.ts";
import { meant, readOptions, UsageError } from "./options.ts";
import type { World } from "./world.ts";

type Values = ReturnType<typeof readOptions<(typeof commandLines)["audit"]>>["values"];

/** `sallyport audit`: `list` asks the running gateway, the rest reads files and changes nothing. */
export async function audit(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = readOptions(args, commandLines.audit);
  const [action, path] = positionals;
  const directory = dataDirectory({ named: values["data-dir"] }, world);
  switch (action) {
    case "verify":
      return verify(path === undefined ? auditDirectory(directory) : resolve(world.cwd, path), values, world);
    case "list":
      return list(directory, values, world);
    case "export":
      return exported(auditDirectory(directory), values, world);
    case "key":
      world.stdout(`${printVerifier(verifierIn(directory))}\n`);
      return 0;
    default:
      throw new UsageError(
        action === undefined
          ? "what about the audit log? `verify`, `list`, `export` or `key`"
          : `the audit log cannot be told to \`${action}\`${meant(action, ["verify", "list", "export", "key"])}`,
      );
  }
}

function verifierIn(directory: string): Verifier {
  if (!existsSync(directory))
    throw failure(`there is no data directory ${directory}; \`--data-dir\` names another`);
  const { key, origin } = auditKeyOf(openInstallation(directory));
  return verifierOf(origin, key.publicKey, sha256);
}

/** Exit 1 and the first bad index, when there is one. */
async function verify(path: string, values: Values, world: World): Promise<number> {
  const { source, beside } = await sourceAt(path);
  const text = values.key ?? beside;
  if (text === undefined)
    throw new UsageError("whose log is it? `--key VKEY`; `sallyport audit key` prints it at the gateway");
  const verifier = readVerifier(text, sha256);
  if (verifier === undefined) throw new UsageError("`--key` is no verifier key: `NAME+HASH+KEY`");
  const from = values.from === undefined ? undefined : readFileSync(resolve(world.cwd, values.from), "utf8");
  const finding = await verifyLog(source, { sha256, verify: verifySignature, verifier, from });
  if (values.json === true) world.stdout(`${JSON.stringify({ ...finding, key: printVerifier(verifier) })}\n`);
  else world.stdout(`${sentenceOf(finding)}\n`);
  if (values.key === undefined && values.json !== true)
    world.stdout(
      `The key is the one beside the files, ${verifier.name}; \`--key\` takes one that was kept elsewhere.\n`,
    );
  return finding.kind === "intact" ? 0 : 1;
}

function sentenceOf(finding: Finding): string {
  if (finding.kind === "broken") return `BROKEN at record ${finding.index}: ${finding.why}.`;
  const { size, checkpoints, movedAway, unsigned } = finding;
  const away = movedAway === 0 ? "" : `, ${movedAway} of them kept elsewhere`;
  return `Intact: ${size} records${away}, ${checkpoints} checkpoints; ${unsigned} records are not signed yet.`;
}

/** A directory of a log or an export. @throws GatewayError when it is neither. */
async function sourceAt(
  path: string,
): Promise<{ readonly source: EvidenceSource; readonly beside: string | undefined }> {
  if (!existsSync(path)) throw failure(`there is no audit log at ${path}`);
  if (!statSync(path).isDirectory()) {
    const lines = () => createInterface({ input: createReadStream(path, "utf8"), crlfDelay: 0 });
    return { source: await readExport(lines), beside: undefined };
  }
  const files = readAuditFiles(path, segmentSize) ?? readAuditFiles(join(path, "audit"), segmentSize);
  if (files === undefined) throw failure(`there is no audit log in ${path}`);
  return {
    source: { notes: splitNotes(files.notes), pieces: files.pieces },
    beside: files.verifier,
  };
}

async function exported(directory: string, { format = "log", out }: Values, world: World): Promise<number> {
  if (format !== "log" && format !== "cloudevents")
    throw new UsageError("`--format` takes `log` or `cloudevents`");
  const { source, beside } = await sourceAt(directory);
  const origin = readVerifier(beside ?? "", sha256)?.name ?? "sallyport";
  const file = out === undefined ? undefined : openSync(resolve(world.cwd, out), "w", 0o600);
  const write = (line: string) =>
    file === undefined ? world.stdout(`${line}\n`) : writeSync(file, `${line}\n`);
  const printed = (line: string): string | undefined => {
    if (format === "log") return line;
    const event = cloudEventOf(line, origin);
    return event === undefined ? undefined : JSON.stringify(event);
  };
  for await (const line of exportLines(source)) {
    const text = printed(line);
    if (text !== undefined) write(text);
  }
  if (file !== undefined) closeSync(file);
  return 0;
}

async function list(directory: string, values: Values, world: World): Promise<number> {
  const { type, actor, since, limit } = values;
  const query = Object.entries({ type, actor, since, limit }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  const data = await requireClient(directory).call(
    "GET",
    `/audit${query.length === 0 ? "" : `?${query.join("&")}`}`,
  );
  const records = isJsonObject(data) && Array.isArray(data["records"]) ? data["records"] : [];
  if (values.json === true) world.stdout(`${JSON.stringify(records)}\n`);
  else for (const record of records) world.stdout(`${lineOf(record)}\n`);
  return 0;
}

function lineOf(record: Json): string {
  if (!isJsonObject(record)) return "";
  const { index, at, type, outcome, actor, facts } = record;
  const told = isJsonObject(facts)
    ? Object.entries(facts).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    : [];
  return [index, at, type, outcome, actor, ...told].map(String).join("  ");
}

const failure = (message: string): GatewayError => new GatewayError("conflict", message, { message });
