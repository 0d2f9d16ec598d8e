import { perMillion } from "../../format/prices.ts";
import type { ModelTarget, UpstreamState } from "../../generated/client.ts";
import type { KnownUpstreams } from "../../live/read-upstreams.ts";
import { HealthMark } from "../../parts/health-mark.tsx";
import { Link } from "../../parts/link.tsx";
import { linkOf } from "../models/model-filter.ts";

/** The models of one provider: those that the configuration names, and those that requests have reached. */
export function ModelsSection(props: { readonly provider: UpstreamState; readonly known: KnownUpstreams }) {
  const { provider, known } = props;
  const models = modelsOf(provider, known);
  const patterns = provider.names.filter((name) => name.includes("*"));
  return (
    <section aria-labelledby="models">
      <h3 id="models">
        Models <span class="muted">prices for a million tokens, in / out</span>
      </h3>
      {patterns.length === 0 ? null : (
        <p class="muted">
          Names that lead here: <code>{patterns.join(", ")}</code>
        </p>
      )}
      {models.length === 0 ? (
        <p class="muted">None is named by the configuration, and none was reached yet.</p>
      ) : (
        <table class="table compact" aria-labelledby="models">
          <tbody>
            {models.map((target) => (
              <tr key={target.model}>
                <td>
                  <Link to={linkOf({}, target)}>{target.model}</Link>
                </td>
                <td>
                  <HealthMark of={target} now={known.now} />
                </td>
                <td class="number">
                  {target.price === null ? (
                    <span class="warn-text">no price known</span>
                  ) : (
                    `${perMillion(target.price, "input") ?? "–"} / ${perMillion(target.price, "output") ?? "–"}`
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

function modelsOf({ provider }: UpstreamState, { models, seen }: KnownUpstreams): readonly ModelTarget[] {
  const named = models.filter(({ kind }) => kind !== "pattern").flatMap(({ targets }) => targets);
  const own = [...named, ...seen].filter((target) => target.provider === provider);
  return [...new Map(own.map((target) => [target.model, target])).values()];
}
