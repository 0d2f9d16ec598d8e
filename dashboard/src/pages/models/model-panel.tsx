import { count, share } from "../../format/numbers.ts";
import { span } from "../../format/time.ts";
import type { ModelTarget } from "../../generated/client.ts";
import type { KnownUpstreams } from "../../live/read-upstreams.ts";
import { ErrorsSection } from "../../parts/errors-section.tsx";
import { Facts } from "../../parts/facts.tsx";
import { HealthMark } from "../../parts/health-mark.tsx";
import { LanesSection } from "../../parts/lanes-section.tsx";
import { Link } from "../../parts/link.tsx";
import { Panel } from "../../parts/panel.tsx";
import { QuirksSection } from "../../parts/quirks-section.tsx";
import { linkOf } from "../providers/provider-filter.ts";
import { AbilitiesSection } from "./abilities-section.tsx";
import { idOf, modelRows } from "./model-rows.ts";
import { PriceSection } from "./price-section.tsx";

/** One model of one provider beside the list. */
export function ModelPanel(props: {
  /** `provider/model`. */
  readonly id: string;
  readonly known: KnownUpstreams;
  readonly onSet: () => void;
  readonly onClose: () => void;
}) {
  const { id, known } = props;
  const rows = modelRows(known).filter((row) => idOf(row.target) === id);
  const target = rows[0]?.target;
  return (
    <Panel
      id="model"
      heading={<>Model {target?.model ?? id}</>}
      mark={target === undefined ? null : <HealthMark of={target} now={known.now} />}
      onClose={props.onClose}
    >
      {target === undefined ? (
        <div class="empty" role="alert">
          <h3>There is no such model here</h3>
          <p class="muted">
            The link is wrong, the configuration no longer names it, or no request has reached it since the
            start.
          </p>
        </div>
      ) : (
        <ModelView
          target={target}
          names={rows.flatMap(({ name }) => (name === undefined ? [] : [name]))}
          isPattern={rows.every(({ kind }) => kind === "pattern")}
          known={known}
          onSet={props.onSet}
        />
      )}
    </Panel>
  );
}

function ModelView(props: {
  readonly target: ModelTarget;
  readonly names: readonly string[];
  readonly isPattern: boolean;
  readonly known: KnownUpstreams;
  readonly onSet: () => void;
}) {
  const { target, known } = props;
  const { provider, model, firstByte } = target;
  return (
    <>
      <Facts
        facts={[
          ["Provider", <Link to={linkOf({ state: "", search: "" }, provider)}>{provider}</Link>],
          ["Names that lead here", [...new Set([...props.names, idOf(target)])].join(", ")],
          ["Attempts", count(target.requests)],
          ["Failed", `${count(target.failures)} (${share(target.failures, target.requests)})`],
          ["First byte, p50", firstByte && span(firstByte.msP50)],
          ["First byte, p99", firstByte && span(firstByte.msP99)],
        ]}
      />
      <AbilitiesSection of={target} isPattern={props.isPattern} />
      <PriceSection price={target.price} isPattern={props.isPattern} />
      <QuirksSection
        quirks={known.quirks.filter((quirk) => quirk.provider === provider && quirk.model === model)}
        now={known.now}
        onSet={props.onSet}
      />
      <LanesSection lanes={target.lanes} />
      <ErrorsSection errors={target.errors} now={known.now} />
    </>
  );
}
