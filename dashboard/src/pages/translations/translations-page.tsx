import { count, share } from "../../format/numbers.ts";
import { listTranslations, type TranslationList } from "../../generated/client.ts";
import { usePolling } from "../../live/use-polling.ts";
import { PageState } from "../../parts/page-state.tsx";
import { TryIt } from "./try-it.tsx";

const everyMs = 10_000;
const load = (signal: AbortSignal): Promise<TranslationList> => listTranslations({ signal });

/** Who speaks what to whom, what was lost on the way, and a place to try it. */
export function TranslationsPage() {
  const polled = usePolling(load, everyMs);
  return (
    <div class="page">
      <div class="page-head">
        <h1>Translations</h1>
        <p class="muted">
          Calls by the dialects on both sides since the start, and what was declared of them.
        </p>
      </div>
      <PageState polled={polled}>{({ pairs }) => <Pairs pairs={pairs} />}</PageState>
      <TryIt />
    </div>
  );
}

type Pair = TranslationList["pairs"][number];

function Pairs({ pairs }: { readonly pairs: readonly Pair[] }) {
  if (pairs.length === 0) {
    return (
      <div class="card empty">
        <h2>No call has been answered yet</h2>
        <p class="muted">
          Here it will be seen which pass as they are, which are translated, and what that costs them.
        </p>
      </div>
    );
  }
  return (
    <section class="card flush" aria-labelledby="pairs">
      <h2 id="pairs">Pairs of dialects</h2>
      <table class="table stacked" aria-labelledby="pairs">
        <thead>
          <tr>
            <th scope="col">Client</th>
            <th scope="col">Provider</th>
            <th scope="col">Lane</th>
            <th scope="col" class="number">
              Calls
            </th>
            <th scope="col" class="number">
              Failed
            </th>
            <th scope="col">Declared</th>
          </tr>
        </thead>
        <tbody>
          {pairs.map((pair) => (
            <tr key={`${pair.client} ${pair.upstream}`}>
              <td data-name="Client">{pair.client}</td>
              <td data-name="Provider">{pair.upstream}</td>
              <td data-name="Lane" class="muted">
                {laneOf(pair)}
              </td>
              <td data-name="Calls" class="number">
                {count(pair.calls)}
              </td>
              <td data-name="Failed" class="number">
                {count(pair.failed)} ({share(pair.failed, pair.calls)})
              </td>
              <td data-name="Declared" class="muted">
                {pair.warnings.length === 0
                  ? "nothing"
                  : pair.warnings
                      .map(({ kind, subject, calls }) => `${kind} ${subject} × ${count(calls)}`)
                      .join(", ")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function laneOf({ bytes, calls }: Pair): string {
  if (bytes === calls) return "bytes, as they came";
  return bytes === 0 ? "translated" : `${count(bytes)} as they came, ${count(calls - bytes)} translated`;
}
