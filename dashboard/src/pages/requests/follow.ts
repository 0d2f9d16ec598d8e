import { type LoggedRequest, listRequests } from "../../generated/client.ts";
import { pause } from "../../live/pause.ts";
import { asAdminError } from "../../live/use-polling.ts";
import { whenVisible } from "../../live/when-visible.ts";
import type { AdminError } from "../../send.ts";

const everyMs = 2000;
/** A request is logged when it ends, under an id of when it began: one in so many rounds looks back for late ones. */
const lookBackEvery = 5;
const lookBackLimit = 100;
const freshLimit = 200;

/**
 * Tells of new requests until `signal` aborts or we are signed out: those after the newest one known, and now and then
 * those that began before it and have ended since. A failure is told, and the next round tries again.
 */
export async function follow(how: {
  readonly query: Parameters<typeof listRequests>[0];
  readonly newestId: () => string | undefined;
  /** What is new, possibly nothing. */
  readonly onRows: (rows: readonly LoggedRequest[]) => void;
  readonly onFailure: (failure: AdminError) => void;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { query, signal } = how;
  for (let round = 1; !signal.aborted; round += 1) {
    await pause(everyMs, signal);
    await whenVisible(signal);
    if (signal.aborted) return;
    const after = how.newestId();
    const isLookingBack = after === undefined || round % lookBackEvery === 0;
    const asked = isLookingBack ? { limit: lookBackLimit } : { after, limit: freshLimit };
    try {
      const { requests } = await listRequests({ ...query, ...asked }, { signal });
      if (!signal.aborted) how.onRows(requests);
    } catch (thrown) {
      if (signal.aborted) return;
      const failure = asAdminError(thrown);
      how.onFailure(failure);
      if (failure.status === 401) return;
    }
  }
}
