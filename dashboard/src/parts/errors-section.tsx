import { ago, moment } from "../format/time.ts";
import type { UpstreamError } from "../generated/client.ts";
import { Link } from "./link.tsx";

/** The last failures, newest first, in the provider's own words where they are known. */
export function ErrorsSection(props: { readonly errors: readonly UpstreamError[]; readonly now: number }) {
  const { errors, now } = props;
  return (
    <section aria-labelledby="errors">
      <h3 id="errors">Last errors</h3>
      {errors.length === 0 ? (
        <p class="muted">There were none.</p>
      ) : (
        <ol class="entries" aria-labelledby="errors">
          {errors.map((error, index) => (
            <li key={index}>
              <p class="entry-head">
                <code class="bad-text">{error.code}</code>
                <span>{error.status === null ? "no answer" : error.status}</span>
                {error.model === "" ? null : <span class="muted">{error.model}</span>}
                <time class="muted" dateTime={moment(error.at)} title={moment(error.at)}>
                  {ago(error.at, now)}
                </time>
                {error.requestId === null ? null : <Link to={`/requests/${error.requestId}`}>request</Link>}
              </p>
              {error.message === null ? null : <blockquote>{error.message}</blockquote>}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
