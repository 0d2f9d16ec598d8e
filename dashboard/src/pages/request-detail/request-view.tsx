import { bytes, count } from "../../format/numbers.ts";
import { moment, span } from "../../format/time.ts";
import type { RequestRecord } from "../../generated/client.ts";
import { CodeBlock } from "../../parts/code-block.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Link } from "../../parts/link.tsx";
import { Prose } from "../../parts/prose.tsx";
import { CostSection } from "./cost-section.tsx";
import { UsageSection } from "./usage-section.tsx";
import { WarningsSection } from "./warnings-section.tsx";
import { Waterfall } from "./waterfall.tsx";

/** Everything that is kept of one request. */
export function RequestView({ record }: { readonly record: RequestRecord }) {
  return (
    <>
      {record.code === null && record.detail === null ? null : (
        <p class={record.outcome === "failed" ? "note bad" : "note warn"}>
          <span>
            <code>{record.code ?? record.outcome}</code> <Prose text={record.detail ?? ""} />
          </span>
        </p>
      )}
      <Facts
        facts={[
          ["Took", span(record.durationMs)],
          ["First byte", span(record.firstByteMs)],
          ["Model asked", record.model],
          ["Model sent", record.upstreamModel],
          ["Spoken to it", record.upstreamDialect ?? null],
          ["Model that answered", record.answerModel],
          [
            "Route",
            record.route && (
              <Link to={`/routes?open=${encodeURIComponent(record.route)}`}>{record.route}</Link>
            ),
          ],
          ["Provider or service", record.provider],
          ["Ended because of", record.finish],
          ["Lane", record.lane && <Lane lane={record.lane} />],
          ["Stream", record.isStream ? `${count(record.events)} events` : "no"],
          ["Key", record.keyName],
        ]}
      />
      <Waterfall record={record} />
      <WarningsSection warnings={record.warnings} />
      <UsageSection usage={record.usage} />
      <CostSection
        cost={record.cost}
        isUnmetered={record.warnings.some(({ kind }) => kind === "unmetered")}
      />
      <section aria-labelledby="more">
        <h3 id="more">More</h3>
        <Facts
          facts={[
            ["Arrived", <time dateTime={moment(record.at)}>{moment(record.at)}</time>],
            ["Call", record.aside === undefined ? `${record.method} ${record.path}` : asideOf(record.aside)],
            ["Dialect", record.dialect],
            ["Key id", record.keyId],
            ["Bytes in", bytes(record.bytesIn)],
            ["Bytes out", bytes(record.bytesOut)],
            ["Generation", String(record.generation)],
          ]}
        />
        <details>
          <summary>As JSON</summary>
          <CodeBlock text={JSON.stringify(record, null, 2)} label="record as JSON" />
        </details>
      </section>
    </>
  );
}

/** The gateway's own calls lead to the request on whose occasion it asked. */
function asideOf({ purpose, of }: NonNullable<RequestRecord["aside"]>) {
  return (
    <>
      {purpose === "shadow" ? "held against" : "grades"} <Link to={`/requests/${of}`}>{of.slice(-12)}</Link>
    </>
  );
}

const lanes = {
  bytes: "the provider's own bytes",
  canonical: "translated",
  raw: "as it came, not read",
  service: "to a service, as its protocol has it",
} as const;

function Lane({ lane }: { readonly lane: keyof typeof lanes }) {
  return (
    <>
      {lane} <span class="muted">{lanes[lane]}</span>
    </>
  );
}
