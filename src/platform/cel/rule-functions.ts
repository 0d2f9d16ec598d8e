import type { Environment } from "@marcbachmann/cel-js";
import { RE2JS } from "re2js";
import { fitsGlob } from "../../kernel/glob.ts";
import { type IpAddress, isInNetwork, parseIpAddress, parseIpNetwork } from "../../kernel/ip-network.ts";

const patternBytesMax = 1024;

/** Whether a text has a part that fits a pattern. In time linear in the text. */
export type Pattern = (text: string) => boolean;

/**
 * A pattern in the syntax of RE2: no references back, no look around, and never more than one pass over the text.
 * @returns A sentence without full stop where it is none.
 * Source: Cox, "Regular Expression Matching in the Wild", 2010.
 */
export function patternOf(source: string): Pattern | string {
  const bytes = Buffer.byteLength(source);
  if (bytes > patternBytesMax) return `a pattern has at most ${patternBytesMax} bytes, and this has ${bytes}`;
  try {
    const compiled = RE2JS.compile(source);
    return (text) => compiled.test(text);
  } catch (thrown) {
    return `the pattern is none: ${thrown instanceof Error ? thrown.message : "it cannot be read"}`;
  }
}

/** Makes tests of whether an address is in a network; `undefined`: that is no network. */
function createNetworks(): (cidr: string) => Pattern | undefined {
  // Many rules ask of the same address, one after the other.
  let last: { readonly text: string; readonly address: IpAddress | undefined } | undefined;
  return (cidr) => {
    const network = parseIpNetwork(cidr);
    if (network === undefined) return undefined;
    return (text) => {
      if (last?.text !== text) last = { text, address: parseIpAddress(text) };
      return last.address !== undefined && isInNetwork(last.address, network);
    };
  };
}

/** What functions of rules look into while one runs. Nothing waits meanwhile, so there is only one at a time. */
export interface Running {
  headers: Readonly<Record<string, readonly string[]>>;
  readonly lists: ReadonlyMap<string, ReadonlySet<string>>;
  /** What stands in the rule, as it was when that was checked. */
  patterns: Map<string, Pattern>;
  networks: Map<string, Pattern>;
  readonly networkOf: (cidr: string) => Pattern | undefined;
}

export const createRunning = (lists: Running["lists"]): Running => ({
  headers: {},
  lists,
  patterns: new Map(),
  networks: new Map(),
  networkOf: createNetworks(),
});

export function registerFunctions(environment: Environment, running: Running): void {
  const add = (signature: string, handler: (one: string, other: string) => unknown): void => {
    environment.registerFunction(signature, handler, { async: false });
  };
  add("header(string): list<string>", (name) => running.headers[name.toLowerCase()] ?? none);
  add("string.regexMatch(string): bool", (text, source) => running.patterns.get(source)?.(text) === true);
  add("inCidr(string, string): bool", (address, cidr) => running.networks.get(cidr)?.(address) === true);
  add("glob(string, string): bool", (text, pattern) => fitsGlob(pattern, text));
  add("inList(string, string): bool", (name, value) => running.lists.get(name)?.has(value) === true);
}

const none: readonly string[] = [];
