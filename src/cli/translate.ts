import { resolve } from "node:path";
import { translate } from "../gateway/translate.ts";
import { GatewayError } from "../kernel/errors.ts";
import { readTextFile } from "../platform/file-config/index.ts";
import { commandLines } from "./command-lines.ts";
import { readOptions, UsageError } from "./options.ts";
import type { World } from "./world.ts";

const bytesMax = 32 * 1024 ** 2;

/**
 * `sallyport translate`: a request as an upstream would be sent it: the body on standard output, what would be lost on
 * standard error. 0: it can be sent, 1: it is refused.
 */
export async function translateFile(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = readOptions(args, commandLines.translate);
  const [file] = positionals;
  const { from, to, model } = values;
  if (file === undefined || from === undefined || to === undefined)
    throw new UsageError("which request? `sallyport translate --from DIALECT --to DIALECT FILE`");
  const reading = readTextFile(resolve(world.cwd, file), bytesMax);
  if (reading.kind === "unreadable") {
    const message = `the file ${file} cannot be read: ${reading.reason}`;
    throw new GatewayError("malformed_request", message, { message });
  }
  const translated = translate({ from, to, body: reading.text, ...(model === undefined ? {} : { model }) });
  const { path, body, refusal } = translated;
  if (values.json === true) world.stdout(`${JSON.stringify(translated)}\n`);
  else {
    world.stderr(printLosses(translated));
    if (refusal === null) {
      world.stderr(`POST ${path}\n`);
      world.stdout(`${body}\n`);
    }
  }
  return refusal === null ? 0 : 1;
}

/** What does not cross, what is done about it, and why it would be refused. */
function printLosses({ warnings, emulated, refusal }: ReturnType<typeof translate>): string {
  const { stop = [], toolsAmong = [] } = emulated ?? {};
  return [
    ...warnings.map(
      ({ kind, subject, note }) => `${kind}: ${subject}${note === undefined ? "" : ` (${note})`}`,
    ),
    ...stop.map((word) => `emulated: the answer ends before ${JSON.stringify(word)}`),
    ...(toolsAmong.length === 0 ? [] : [`emulated: only ${toolsAmong.join(", ")} may be called`]),
    ...(refusal === null ? [] : [`refused: ${refusal.message}`]),
  ]
    .map((line) => `${line}\n`)
    .join("");
}
