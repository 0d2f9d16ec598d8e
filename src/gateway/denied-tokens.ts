import {
  type DeniedToken,
  stillDenied,
  withDenied,
  withoutDenied,
} from "../capabilities/vouched-identity/index.ts";
import { GatewayError } from "../kernel/errors.ts";
import { isJsonObject } from "../kernel/json.ts";
import { type EpochMs, epochMs } from "../kernel/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { DocumentStore, StoredDocument } from "../ports/document-store.ts";

export interface DeniedTokensParts {
  readonly clock: Pick<Clock, "now">;
  readonly documents: Pick<DocumentStore, "change">;
  /** What was denied before this start. */
  readonly denied: readonly StoredDocument[];
  readonly verifier: { readonly sha256: (text: string) => string };
}

/** Tokens that count no more though they are not over: on the disk, and looked up in memory. */
export interface DeniedTokens {
  readonly isDenied: (issuer: string, jti: string) => boolean;
  readonly control: DeniedTokensControl;
  /** Calls `tell` each time that one has been denied: what it has open can end at once. */
  readonly onDenied: (tell: () => void) => void;
}

export interface DeniedTokensControl {
  readonly list: () => readonly NamedDenial[];
  /**
   * On the disk when the promise resolves.
   * @param wanted `until`: when the token is over by itself; absent: no token lives longer than a day.
   * @throws GatewayError `malformed_request`, `storage_unavailable`, `rate_limited` when the list is full.
   */
  readonly deny: (wanted: WantedDenial) => Promise<NamedDenial>;
  /** Takes a denial back by its id; `undefined`: there is none of this id. */
  readonly allow: (id: string) => Promise<NamedDenial | undefined>;
}

/** `id`: under which it is kept, of issuer and `jti`. */
export type NamedDenial = DeniedToken & { readonly id: string };

export interface WantedDenial extends Pick<DeniedToken, "issuer" | "jti"> {
  readonly reason?: string | undefined;
  readonly until?: number | undefined;
}

export const deniedCollection = "denied-tokens";
const deniedMax = 100_000;
/** The longest that a token lives, and how far clocks may differ. */
const livesMsMax = 86_400_000 + 60_000;

export function createDeniedTokens({ clock, documents, denied, verifier }: DeniedTokensParts): DeniedTokens {
  let list = stillDenied(denied.flatMap(readDenied), clock.now());
  let names = namesOf(list);
  const told: (() => void)[] = [];
  const documentOf = ({ issuer, jti }: Pick<DeniedToken, "issuer" | "jti">): string =>
    verifier.sha256(`${issuer}\n${jti}`).slice(0, 22);
  const named = (one: DeniedToken): NamedDenial => ({ ...one, id: documentOf(one) });
  const replace = (next: readonly DeniedToken[]): void => {
    list = next;
    names = namesOf(next);
  };
  return {
    isDenied: (issuer, jti) => names.has(`${issuer}\n${jti}`),
    onDenied: (tell) => told.push(tell),
    control: {
      list: () => stillDenied(list, clock.now()).map(named),
      deny: async ({ issuer, jti, reason = "", until }) => {
        const now = clock.now();
        const end = epochMs(Math.min(now + livesMsMax, until ?? Infinity));
        if (end <= now) throw over();
        const one: DeniedToken = { issuer, jti, reason, deniedAt: now, until: end };
        const next = withDenied(list, one, now);
        if (next.length > deniedMax) throw full();
        const kept = new Set(next.map(documentOf));
        const gone = list.map(documentOf).filter((name) => !kept.has(name));
        await documents.change(deniedCollection, [
          ...gone.map((name) => ({ id: name })),
          { id: documentOf(one), body: { ...one } },
        ]);
        // Others may have been denied while the disk was written.
        replace(withDenied(list, one, now));
        for (const tell of told) tell();
        return named(one);
      },
      allow: async (id) => {
        const found = list.find((one) => documentOf(one) === id);
        if (found === undefined) return undefined;
        await documents.change(deniedCollection, [{ id }]);
        replace(withoutDenied(list, found));
        return named(found);
      },
    },
  };
}

const namesOf = (list: readonly DeniedToken[]): ReadonlySet<string> =>
  new Set(list.map(({ issuer, jti }) => `${issuer}\n${jti}`));

function readDenied({ body }: StoredDocument): readonly DeniedToken[] {
  if (!isJsonObject(body)) return [];
  const { issuer, jti, reason, deniedAt, until } = body;
  if (typeof issuer !== "string" || typeof jti !== "string" || typeof reason !== "string") return [];
  if (typeof deniedAt !== "number" || typeof until !== "number") return [];
  return [{ issuer, jti, reason, deniedAt: epoch(deniedAt), until: epoch(until) }];
}

const epoch = (value: number): EpochMs => epochMs(value);

const over = (): GatewayError =>
  new GatewayError("malformed_request", "a token that is over", {
    message: "`until` is over: the token counts no more by itself.",
    param: "until",
  });

const full = (): GatewayError =>
  new GatewayError("rate_limited", `${deniedMax} tokens are denied`, {
    message: `${deniedMax} tokens are denied already; take the issuer out of the configuration instead.`,
  });
