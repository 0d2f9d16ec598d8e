import { type LoggedRequest, listRequests } from "../../generated/client.ts";
import { pause } from "../../live/pause.ts";
import { asAdminError } from "../../live/use-polling.ts";
import { whenVisible } from "../../live/when-visible.ts";
import type { AdminError } from "../../send.ts";
import { idBefore } from "./id-before.ts";

type Query = Parameters<typeof listRequests>[0];

const everyMs = 2000;
/** A request is logged when it ends, under an id of when it began: rounds look back for those that took long. */
const lookBackMs = 60_000;
/** One round in so many looks back further, for the very long ones. */
const longRoundEvery = 5;
const longLookBackMs = 600_000;
const rowsMax = 200;

/** Rows that one round found. */
export interface Found {
  readonly rows: readonly LoggedRequest[];
  /** Whether there were more than a round asks for: these are the newest, with a gap between them and older ones. */
  readonly isCut: boolean;
}

/**
 * Tells of new requests until `signal` aborts or we are signed out. A round reads some minutes of the log, never all of
 * it, however rare what `query` looks for. A failure is told, and the next round tries again.
 */
export async function follow(how: {
  readonly query: Query;
  readonly newestId: () => string | undefined;
  readonly onFound: (found: Found) => void;
  readonly onFailure: (failure: AdminError) => void;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { query, signal } = how;
  let known: string | undefined;
  for (let round = 1; !signal.aborted; round += 1) {
    await pause(everyMs, signal);
    await whenVisible(signal);
    if (signal.aborted) return;
    try {
      known = how.newestId() ?? known ?? (await newestOfAll(signal));
      const backMs = round % longRoundEvery === 0 ? longLookBackMs : lookBackMs;
      const after = known === undefined ? undefined : idBefore(known, backMs);
      const found = await look(query, after, signal);
      if (!signal.aborted) how.onFound(found);
    } catch (thrown) {
      if (signal.aborted) return;
      const failure = asAdminError(thrown);
      how.onFailure(failure);
      if (failure.status === 401) return;
    }
  }
}

/** Where to look from when nothing that fits is known. `undefined`: the log is empty. */
async function newestOfAll(signal: AbortSignal): Promise<string | undefined> {
  const { requests } = await listRequests({ limit: 1 }, { signal });
  return requests[0]?.id;
}

async function look(query: Query, after: string | undefined, signal: AbortSignal): Promise<Found> {
  const asked = { ...query, limit: rowsMax };
  if (after !== undefined) {
    const recent = await listRequests({ ...asked, after }, { signal });
    if (recent.next === null) return { rows: recent.requests, isCut: false };
  }
  // From the oldest on it would never catch up with so many: the newest, and what is between can be read by paging.
  const newest = await listRequests(asked, { signal });
  return { rows: newest.requests, isCut: newest.next !== null };
}
