import { recordOf } from "../capabilities/telemetry/index.ts";
import type { RequestRecord } from "../exchange/settlement.ts";
import type { EventLog } from "../ports/event-log.ts";

const pageMax = 500;
const recordsMax = 1_000_000;

/** What clients have asked between two moments (ms since 1970), newest first, a million at most. */
export async function* recordedSince(
  log: Pick<EventLog, "list" | "read">,
  since: number,
  until: number,
): AsyncGenerator<RequestRecord> {
  let before: string | undefined;
  for (let told = 0; told < recordsMax; ) {
    const page = await log.list({ limit: pageMax, ...(before === undefined ? {} : { before }) });
    for (const { id, at } of page) {
      if (at < since) return;
      before = id;
      told += 1;
      if (at > until) continue;
      const found = await log.read(id);
      const record = found === undefined ? undefined : recordOf(found.body);
      if (record !== undefined && record.aside === undefined) yield record;
    }
    if (page.length < pageMax) return;
  }
}
