import {
  type CatalogModels,
  type CatalogSettings,
  differences,
  readModelsDev,
} from "../capabilities/abilities/index.ts";
import { withoutContent } from "../capabilities/residency/index.ts";
import type { AbilityLayer, AbilityValues, KnownAbilities } from "../exchange/abilities.ts";
import { GatewayError } from "../kernel/errors.ts";
import { type EpochMs, epochMs, isoTime, milliseconds, seconds } from "../kernel/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Timer } from "../ports/timer.ts";
import type { Transport } from "../ports/transport.ts";
import type { CatalogState } from "./book-states.ts";
import type { Control } from "./control.ts";

/** What a catalogue from outside needs of the world. */
export interface CatalogParts {
  readonly clock: Clock;
  readonly timer: Timer;
  readonly logger: Logger;
  readonly transport: Transport;
  /** `.sallyport/catalog/models-dev.json`, one text; both may throw. */
  readonly store: { readonly read: () => string | undefined; readonly write: (text: string) => void };
  readonly settings: () => CatalogSettings;
  /** The providers in use, by the catalogue's names: of others no differences are shown. */
  readonly inUse: () => readonly ProviderInUse[];
  /** Told when other values count from now on. */
  readonly onApplied: () => void;
}

/** A provider of the configuration, and what is known of its models now. */
export interface ProviderInUse {
  readonly id: string;
  readonly catalogId: string;
  readonly abilitiesOf: (model: string) => KnownAbilities;
}

/** What is known of models beside the built-in rules: fetched, shown, approved, kept. A holder of state that one gateway owns. */
export interface Catalog {
  readonly layerOf: (catalogId: string, model: string) => AbilityLayer | undefined;
  readonly control: Control["catalog"];
  /** Fetches now and once a day, where the settings say so. */
  readonly start: () => void;
  readonly close: () => void;
}

/** One state of the catalogue. */
interface Fetched {
  readonly fetchedAt: EpochMs;
  readonly models: CatalogModels;
}

const bytesMax = 10 * 1024 ** 2;
const fetchTimeout = seconds(10);
const everyDay = milliseconds(86_400_000);
const shownMax = 200;

export function createCatalog(parts: CatalogParts): Catalog {
  const { clock, logger } = parts;
  let applied: Fetched | undefined = readKept(parts);
  let waiting: (Fetched & { readonly text: string }) | undefined;
  let lastFetch: CatalogState["lastFetch"] = null;
  let fetching: Promise<void> | undefined;
  let stop = (): void => {};

  const apply = ({ text, ...next }: NonNullable<typeof waiting>): void => {
    // Kept first: what could not be kept would be gone at the next start, unnoticed.
    parts.store.write(printKept(next, text));
    applied = next;
    waiting = undefined;
    logger.info("a catalogue of models counts from now on", { fetchedAt: isoTime(next.fetchedAt) });
    parts.onApplied();
  };
  const fetchOnce = async (): Promise<void> => {
    const at = clock.now();
    try {
      const text = await fetchText(parts);
      const models = readModelsDev(text);
      if (models === undefined) throw new Error("it is no catalogue in the form of models.dev");
      waiting = { fetchedAt: at, models, text };
      if (parts.settings().refresh === "apply") apply(waiting);
      lastFetch = { at, problem: null };
    } catch (thrown) {
      const problem = thrown instanceof Error ? thrown.message : String(thrown);
      lastFetch = { at, problem };
      logger.warn("the catalogue of models could not be brought up to date", { problem });
    }
  };
  const refresh = (): Promise<void> => {
    fetching ??= fetchOnce().finally(() => {
      fetching = undefined;
    });
    return fetching;
  };
  const state = (): CatalogState => ({
    ...parts.settings(),
    applied: applied === undefined ? null : sizeOf(applied),
    waiting: waiting === undefined ? null : { ...sizeOf(waiting), ...compared(waiting, parts.inUse()) },
    lastFetch,
  });
  return {
    layerOf: (catalogId, model) => {
      const values = applied?.models.get(catalogId)?.get(model);
      if (applied === undefined || values === undefined) return undefined;
      return { source: "models.dev", asOf: isoTime(applied.fetchedAt).slice(0, 10), values };
    },
    control: {
      state,
      refresh: async () => {
        await refresh();
        return state();
      },
      approve: (fetchedAt) => {
        if (waiting?.fetchedAt !== fetchedAt) throw notWaiting();
        apply(waiting);
        return state();
      },
    },
    start: () => {
      const due = (): void => {
        if (parts.settings().refresh !== "off") void refresh();
      };
      stop = parts.timer.every(everyDay, due);
      due();
    },
    close: () => stop(),
  };
}

function notWaiting(): GatewayError {
  const message =
    "No catalogue fetched at that moment waits for approval: `GET /api/gateway/catalog` shows which one does.";
  return new GatewayError("conflict", "no such catalogue waits", { message, param: "fetchedAt" });
}

const sizeOf = ({ fetchedAt, models }: Fetched) => ({
  fetchedAt,
  providers: models.size,
  models: [...models.values()].reduce((total, { size }) => total + size, 0),
});

/** What would be known otherwise of the models of the providers in use. */
function compared(
  { models }: Fetched,
  inUse: readonly ProviderInUse[],
): Pick<NonNullable<CatalogState["waiting"]>, "differences" | "differencesTotal"> {
  const found = inUse.flatMap(({ id: provider, catalogId, abilitiesOf }) =>
    [...(models.get(catalogId) ?? [])].flatMap(([model, values]) => {
      const changes = differences(abilitiesOf(model), values).map(({ ability, before, after }) => ({
        ability,
        before: shown(before),
        after: shown(after),
      }));
      return changes.length === 0 ? [] : [{ provider, model, changes }];
    }),
  );
  return { differences: found.slice(0, shownMax), differencesTotal: found.length };
}

const shown = (value: AbilityValues[keyof AbilityValues]): string | null =>
  value === undefined ? null : Array.isArray(value) ? value.join(", ") : String(value);

/** @throws Error with the reason, for the operator. */
function fetchText({ transport, settings }: CatalogParts): Promise<string> {
  const { url } = settings();
  // oxlint-disable-next-line eslint/no-restricted-globals -- an operator's URL, checked by `config`; never a request target.
  const { origin, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const pieces: Uint8Array[] = [];
    let size = 0;
    const fail = (why: string): void => reject(new Error(`${url}: ${why}`));
    const exchange = transport.send(
      {
        permit: withoutContent(origin),
        origin,
        path: pathname + search,
        method: "GET",
        headers: ["accept", "application/json"],
        body: undefined,
        headTimeout: fetchTimeout,
        idleTimeout: fetchTimeout,
      },
      {
        head: ({ status }) => {
          if (status === 200) return;
          exchange.abort();
          fail(`it answers ${status}`);
        },
        data: (chunk) => {
          size += chunk.byteLength;
          pieces.push(chunk);
          if (size <= bytesMax) return;
          exchange.abort();
          fail(`it is larger than ${bytesMax} bytes`);
        },
        end: () => resolve(new TextDecoder().decode(concat(pieces, size))),
        failed: ({ code, detail }) => fail(`${code}: ${detail}`),
      },
    );
  });
}

function concat(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}

/** A line that says when, and the catalogue as it came. */
const printKept = ({ fetchedAt }: Fetched, text: string): string => `${fetchedAt}\n${text}`;

/** What was applied before; a file that cannot be read is as none, and says so in the log. */
function readKept({ store, logger }: CatalogParts): Fetched | undefined {
  const problem = (why: string): undefined => {
    logger.warn("the kept catalogue of models cannot be read", { problem: why });
  };
  try {
    const kept = store.read();
    if (kept === undefined) return undefined;
    const end = kept.indexOf("\n");
    const fetchedAt = Number(kept.slice(0, Math.max(0, end)));
    const models = readModelsDev(kept.slice(end + 1));
    return fetchedAt > 0 && models !== undefined
      ? { fetchedAt: epochMs(fetchedAt), models }
      : problem("it is not in the form in which it is kept");
  } catch (thrown) {
    return problem(String(thrown));
  }
}
