import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { GatewayError } from "../kernel/errors.ts";
import { nearestNames } from "../kernel/nearest.ts";

/**
 * Reads the options of a command; an unknown one is an error with the nearest known name.
 * @throws GatewayError `malformed_request` with a public sentence.
 */
export function readOptions<Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (thrown) {
    const asked = args.find(
      (arg) => arg.startsWith("--") && !(arg.slice(2).split("=", 1)[0] ?? "").match(known(options)),
    );
    const near = asked === undefined ? [] : nearestNames(asked.slice(2), Object.keys(options));
    const said = thrown instanceof Error ? (thrown.message.split("\n", 1)[0] ?? "") : String(thrown);
    const message = `${asked === undefined ? said : `there is no option \`${asked}\` here`}${near.length > 0 ? `; did you mean \`--${near[0]}\`?` : ""}`;
    throw new GatewayError("malformed_request", message, { message });
  }
}

const known = (options: ParseArgsOptionsConfig): RegExp =>
  new RegExp(`^(?:${Object.keys(options).join("|")})$`);

/** A port number of an option. @throws GatewayError `malformed_request`. */
export function readPort(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  const message = `\`${option}\` takes a port from 0 to 65535, not \`${text}\``;
  throw new GatewayError("malformed_request", message, { message });
}
