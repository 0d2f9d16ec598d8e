import { count, share } from "../../format/numbers.ts";
import { ago, moment, span } from "../../format/time.ts";
import type { UpstreamState } from "../../generated/client.ts";
import { HealthMark } from "../../parts/health-mark.tsx";
import { Link } from "../../parts/link.tsx";

/** The providers and how they do; the link in the first cell covers the whole row. */
export function ProviderTable(props: {
  readonly providers: readonly UpstreamState[];
  readonly now: number;
  readonly openId: string | undefined;
  readonly linkTo: (id: string) => string;
}) {
  const { now, openId } = props;
  return (
    <table class="table stacked rows provider-table" aria-label="Providers">
      <thead>
        <tr>
          <th scope="col">Provider</th>
          <th scope="col">State</th>
          <th scope="col">Dialects</th>
          <th scope="col" class="number">
            Attempts
          </th>
          <th scope="col" class="number">
            Failed
          </th>
          <th scope="col" class="number">
            First byte <span class="muted">p50 / p99</span>
          </th>
          <th scope="col">Last error</th>
        </tr>
      </thead>
      <tbody>
        {props.providers.map((provider) => {
          const { firstByte, lastError } = provider;
          const isOpen = provider.provider === openId;
          return (
            <tr
              key={provider.provider}
              class={isOpen ? "open" : ""}
              aria-current={isOpen ? "true" : undefined}
            >
              <td data-name="Provider">
                <span class="two-lines">
                  <Link to={props.linkTo(provider.provider)} class="row-link">
                    <strong>{provider.provider}</strong>
                  </Link>
                  <span class="muted">{provider.origin}</span>
                </span>
              </td>
              <td data-name="State">
                <HealthMark of={provider} now={now} />
              </td>
              <td data-name="Dialects">
                <span class="two-lines small">
                  {provider.dialects.map((dialect) => (
                    <span key={dialect}>{dialect}</span>
                  ))}
                </span>
              </td>
              <td data-name="Attempts" class="number">
                {count(provider.requests)}
              </td>
              <td data-name="Failed" class="number" title={`${provider.failures} of ${provider.requests}`}>
                {share(provider.failures, provider.requests)}
              </td>
              <td
                data-name="First byte, p50 / p99"
                class="number"
                title={
                  firstByte === null ? "No stream was answered yet" : `Of the last ${firstByte.count} streams`
                }
              >
                {span(firstByte?.msP50 ?? null)} <span class="muted">/</span> {span(firstByte?.msP99 ?? null)}
              </td>
              <td data-name="Last error">
                {lastError === null ? (
                  <span class="muted">none</span>
                ) : (
                  <span class="two-lines" title={moment(lastError.at)}>
                    <code class="bad-text">{lastError.code}</code>
                    <span class="muted">
                      {lastError.status === null ? "" : `${lastError.status} · `}
                      {ago(lastError.at, now)}
                    </span>
                  </span>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
