import { count, share } from "../../format/numbers.ts";
import { ago, moment } from "../../format/time.ts";
import type { UpstreamState } from "../../generated/client.ts";
import { Link } from "../../parts/link.tsx";

/** The providers and how they have done since the start. */
export function Upstreams(props: { readonly upstreams: readonly UpstreamState[]; readonly now: number }) {
  const { upstreams, now } = props;
  return (
    <section class="card flush" aria-labelledby="upstreams">
      <h2 id="upstreams">Upstreams</h2>
      {upstreams.length === 0 ? (
        <p class="muted padded">
          There is none. Name a provider in <code>sallyport.yaml</code>, or set its key in the environment.
        </p>
      ) : (
        <table class="table stacked" aria-labelledby="upstreams">
          <thead>
            <tr>
              <th scope="col">Provider</th>
              <th scope="col">Dialect</th>
              <th scope="col" class="number">
                Attempts
              </th>
              <th scope="col" class="number">
                Failed
              </th>
              <th scope="col">Last error</th>
            </tr>
          </thead>
          <tbody>
            {upstreams.map((upstream) => (
              <tr key={`${upstream.provider} ${upstream.dialect}`}>
                <td data-name="Provider">
                  <Link to={`/providers?open=${encodeURIComponent(upstream.provider)}`}>
                    <strong>{upstream.provider}</strong>
                  </Link>{" "}
                  <span class="muted">{upstream.origin}</span>
                </td>
                <td data-name="Dialect">{upstream.dialect}</td>
                <td data-name="Attempts" class="number">
                  {count(upstream.requests)}
                </td>
                <td data-name="Failed" class="number" title={`${upstream.failures} of ${upstream.requests}`}>
                  {share(upstream.failures, upstream.requests)}
                </td>
                <td data-name="Last error">
                  {upstream.lastError === null ? (
                    <span class="muted">none</span>
                  ) : (
                    <span title={moment(upstream.lastError.at)}>
                      <code class="bad-text">{upstream.lastError.code}</code>{" "}
                      <span class="muted">
                        {upstream.lastError.status === null ? "" : `${upstream.lastError.status} · `}
                        {ago(upstream.lastError.at, now)}
                      </span>
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
