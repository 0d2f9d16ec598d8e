import { useCallback, useState } from "preact/hooks";
import { money } from "../../format/money.ts";
import { count } from "../../format/numbers.ts";
import { clockOrDay, moment } from "../../format/time.ts";
import { type LedgerPage, listLedger } from "../../generated/client.ts";
import { useLoaded } from "../../live/use-loaded.ts";
import { useTask } from "../../live/use-task.ts";
import { Link } from "../../parts/link.tsx";
import { LoadState } from "../../parts/load-state.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Problem } from "../../parts/problem.tsx";

const kinds: Readonly<Record<LedgerPage["entries"][number]["kind"], string>> = {
  reserve: "held",
  settle: "settled",
  release: "given back",
  adjust: "corrected",
};

/** What was held and settled of a budget, newest first. */
export function LedgerPanel({ budget, onClose }: { readonly budget: string; readonly onClose: () => void }) {
  const load = useCallback((signal: AbortSignal) => listLedger(budget, {}, { signal }), [budget]);
  const { loaded, reload } = useLoaded(load);
  return (
    <Panel id="ledger" heading={`Ledger of ${budget}`} onClose={onClose}>
      <LoadState loaded={loaded} reload={reload}>
        {(first) => <Entries budget={budget} first={first} />}
      </LoadState>
    </Panel>
  );
}

function Entries({ budget, first }: { readonly budget: string; readonly first: LedgerPage }) {
  const [page, setPage] = useState(first);
  const task = useTask();
  if (page.entries.length === 0) return <p class="muted">Nothing yet.</p>;
  const { next } = page;
  const older = async (before: number): Promise<void> => {
    const more = await listLedger(budget, { before });
    setPage({ entries: [...page.entries, ...more.entries], next: more.next });
  };
  return (
    <>
      <table class="table stacked" aria-labelledby="ledger">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Entry</th>
            <th scope="col">Request</th>
            <th scope="col" class="number">
              Tokens
            </th>
            <th scope="col" class="number">
              Amount
            </th>
          </tr>
        </thead>
        <tbody>
          {page.entries.map((entry) => (
            <tr key={entry.id}>
              <td data-name="When" class="whole">
                <time dateTime={moment(entry.at)} title={moment(entry.at)}>
                  {clockOrDay(entry.at, Date.now())}
                </time>
              </td>
              <td data-name="Entry">
                {kinds[entry.kind]}
                {entry.estimated ? <span class="muted"> estimated</span> : null}
              </td>
              <td data-name="Request">
                <Link to={`/requests/${entry.request}`}>
                  <code title={entry.request}>…{entry.request.slice(-8)}</code>
                </Link>
              </td>
              <td data-name="Tokens" class="number">
                {entry.usage === null ? "–" : `${count(entry.usage.input)} + ${count(entry.usage.output)}`}
              </td>
              <td data-name="Amount" class="number">
                {money(entry.nanoUsd)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {next === null ? null : (
        <button type="button" class="button" onClick={() => task.run(() => older(next))}>
          Older
        </button>
      )}
      <Problem text={task.problem} />
    </>
  );
}
