import { count, share } from "../../format/numbers.ts";
import { span } from "../../format/time.ts";
import type { UpstreamState } from "../../generated/client.ts";
import type { KnownUpstreams } from "../../live/read-upstreams.ts";
import { ErrorsSection } from "../../parts/errors-section.tsx";
import { Facts } from "../../parts/facts.tsx";
import { HealthMark } from "../../parts/health-mark.tsx";
import { LanesSection } from "../../parts/lanes-section.tsx";
import { Link } from "../../parts/link.tsx";
import { Panel } from "../../parts/panel.tsx";
import { QuirksSection } from "../../parts/quirks-section.tsx";
import { ModelsSection } from "./models-section.tsx";
import { ProfileSection } from "./profile-section.tsx";

const credentials = {
  key: "a key, kept secret",
  signature: "signs each request",
  headers: "by headers of the configuration",
  none: "none",
} as const;

/** One provider beside the list. */
export function ProviderPanel(props: {
  readonly id: string;
  readonly known: KnownUpstreams;
  readonly onSet: () => void;
  readonly onClose: () => void;
}) {
  const { id, known } = props;
  const provider = known.upstreams.find((entry) => entry.provider === id);
  return (
    <Panel
      id="provider"
      heading={<>Provider {id}</>}
      mark={provider === undefined ? null : <HealthMark of={provider} now={known.now} />}
      onClose={props.onClose}
    >
      {provider === undefined ? (
        <div class="empty" role="alert">
          <h3>There is no provider of this name</h3>
          <p class="muted">The link is wrong, or the configuration no longer names it.</p>
        </div>
      ) : (
        <ProviderView provider={provider} known={known} onSet={props.onSet} />
      )}
    </Panel>
  );
}

function ProviderView(props: {
  readonly provider: UpstreamState;
  readonly known: KnownUpstreams;
  readonly onSet: () => void;
}) {
  const { provider, known } = props;
  const { firstByte } = provider;
  return (
    <>
      <Facts
        facts={[
          ["Address", provider.origin],
          ["Catalogue entry", provider.known ?? "none: your own"],
          ["Region", provider.region],
          ["Dialects", provider.dialects.join(", ")],
          ["Credential", credentials[provider.credential]],
          ["Attempts", count(provider.requests)],
          ["Failed", `${count(provider.failures)} (${share(provider.failures, provider.requests)})`],
          ["First byte, p50", firstByte && span(firstByte.msP50)],
          ["First byte, p99", firstByte && span(firstByte.msP99)],
        ]}
      />
      <p>
        <Link to={`/requests?search=${encodeURIComponent(provider.provider)}`}>Its requests in the log</Link>
      </p>
      <ErrorsSection errors={provider.errors} now={known.now} />
      <QuirksSection
        quirks={known.quirks.filter((quirk) => quirk.provider === provider.provider)}
        now={known.now}
        onSet={props.onSet}
      />
      <ModelsSection provider={provider} known={known} />
      <LanesSection lanes={provider.lanes} />
      <ProfileSection profile={provider.profile} />
    </>
  );
}
