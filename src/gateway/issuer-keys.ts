import {
  discoveryUrl,
  type IssuerSettings,
  isAged,
  isAsSafe,
  type KeySearch,
  type KeySetState,
  keyWaitMsMax,
  readDiscovery,
  readKeySet,
  readUrl,
  searchKey,
} from "../capabilities/vouched-identity/index.ts";
import { milliseconds, seconds } from "../kernel/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Timer } from "../ports/timer.ts";
import type { TokenAlgorithm } from "../ports/token-verifier.ts";
import type { Transport } from "../ports/transport.ts";
import { fetchText, type TextPlace } from "./fetch-text.ts";

type Source = Pick<IssuerSettings, "issuer" | "jwksUri">;
type Search = Exclude<KeySearch, { kind: "ask" }>;
interface Wanted {
  readonly kid: string | undefined;
  readonly algorithm: TokenAlgorithm;
}

/** The public keys of issuers: fetched ahead of requests, kept over reloads of the configuration. */
export interface IssuerKeys {
  /** The key of a token. A promise only where the issuer has to be asked, or is being asked: at most two seconds. */
  readonly find: (issuer: Source, wanted: Wanted) => Search | Promise<Search>;
  /** Whether an issuer still has the key that a token was checked by. */
  readonly holds: (issuer: Source, mark: string) => boolean;
  /** Whose keys are wanted from now on; those of others are forgotten. */
  readonly configure: (issuers: readonly Source[]) => void;
}

interface Held {
  readonly source: Source;
  state: KeySetState;
  marks: ReadonlySet<string>;
  asking: Promise<void> | undefined;
}

const answerBytesMax = 262_144;
const lookEvery = seconds(30);

const nameOf = ({ issuer, jwksUri = "" }: Source): string => `${issuer}\n${jwksUri}`;

export function createIssuerKeys(ports: {
  readonly clock: Pick<Clock, "now">;
  readonly timer: Timer;
  readonly logger: Pick<Logger, "warn">;
  readonly transport: Pick<Transport, "send">;
}): IssuerKeys {
  const { clock, timer, logger, transport } = ports;
  const all = new Map<string, Held>();
  const heldOf = (source: Source): Held => {
    const known = all.get(nameOf(source));
    if (known !== undefined) return known;
    const made: Held = { source, state: {}, marks: new Set(), asking: undefined };
    all.set(nameOf(source), made);
    return made;
  };
  const ask = (held: Held): Promise<void> => {
    held.asking ??= fetchKeys(held, { clock, transport }).then((fault) => {
      held.asking = undefined;
      const { issuer } = held.source;
      if (fault !== undefined) logger.warn("the keys of an issuer could not be fetched", { issuer, fault });
    });
    return held.asking;
  };
  const lookAt = (held: Held): void => {
    if (isAged(held.state, clock.now())) void ask(held);
  };
  timer.every(lookEvery, () => {
    for (const held of all.values()) lookAt(held);
  });
  const settled = (held: Held, wanted: Wanted): Search => {
    const found = searchKey(held.state, wanted, clock.now());
    if (found.kind !== "ask") return found;
    return { kind: "none", fault: held.state.set === undefined ? "issuer_unreachable" : "unknown_key" };
  };
  return {
    find: (source, wanted) => {
      const held = heldOf(source);
      const now = clock.now();
      const found = searchKey(held.state, wanted, now);
      if (found.kind === "found" || (found.kind === "none" && found.fault === "key_mismatch")) return found;
      if (found.kind === "none" && held.asking === undefined) return found;
      if (found.kind === "ask") held.state = { ...held.state, missedAt: now };
      return within(ask(held), timer).then(() => settled(held, wanted));
    },
    holds: (source, mark) => all.get(nameOf(source))?.marks.has(mark) === true,
    configure: (issuers) => {
      const wanted = new Set(issuers.map(nameOf));
      for (const name of all.keys()) if (!wanted.has(name)) all.delete(name);
      for (const source of issuers) lookAt(heldOf(source));
    },
  };
}

/** Ends with the question, or when a request has waited long enough for it. */
function within(asking: Promise<void>, timer: Timer): Promise<void> {
  return new Promise((resolve) => {
    const cancel = timer.after(milliseconds(keyWaitMsMax), resolve);
    void asking.then(() => {
      cancel();
      resolve();
    });
  });
}

/** @returns What went wrong; then the keys there are stay. */
async function fetchKeys(
  held: Held,
  { clock, transport }: { readonly clock: Pick<Clock, "now">; readonly transport: Pick<Transport, "send"> },
): Promise<string | undefined> {
  const uri = await keysAt(held.source, transport);
  if ("fault" in uri) return uri.fault;
  const got = await fetchText(transport, uri, answerBytesMax);
  if ("fault" in got) return got.fault;
  const set = readKeySet(got.text, clock.now());
  if (set === undefined) return "what it answers is no set of keys";
  held.state = { ...held.state, set };
  held.marks = new Set(set.keys.map(({ mark }) => mark));
  return undefined;
}

async function keysAt(
  { issuer, jwksUri }: Source,
  transport: Pick<Transport, "send">,
): Promise<TextPlace | { readonly fault: string }> {
  if (jwksUri !== undefined) return readUrl(jwksUri) ?? { fault: "`jwksUri` is no address" };
  const at = readUrl(discoveryUrl(issuer));
  if (at === undefined) return { fault: "`issuer` is no address" };
  const got = await fetchText(transport, at, answerBytesMax);
  if ("fault" in got) return got;
  const uri = readDiscovery(got.text, issuer);
  const found = uri !== undefined && isAsSafe(uri, issuer) ? readUrl(uri) : undefined;
  if (found === undefined)
    return { fault: "its discovery document is not its own, or names no safe place of keys" };
  // The operator named the issuer; where else its document leads is the issuer's word.
  return { ...found, isForeign: found.origin !== at.origin };
}
