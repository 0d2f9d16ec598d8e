import { useState } from "preact/hooks";
import { useMay } from "../../caller.ts";
import {
  type CreatedToken,
  giveOperatorToken,
  listOperators,
  removeOperator,
  type ShownOperator,
} from "../../generated/client.ts";
import { useLoaded } from "../../live/use-loaded.ts";
import { AskDialog } from "../../parts/ask-dialog.tsx";
import { Icon } from "../../parts/icon.tsx";
import { LoadState } from "../../parts/load-state.tsx";
import { ShownOnce } from "../../parts/shown-once.tsx";
import { OperatorDialog } from "./operator-dialog.tsx";
import { type OperatorStep, OperatorTable } from "./operator-table.tsx";

type Asked = { readonly kind: "make" } | { readonly kind: OperatorStep; readonly operator: ShownOperator };

/** Who uses the admin API: people and programs, with their roles. */
export function PeoplePage() {
  const { loaded, reload } = useLoaded(load);
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const [created, setCreated] = useState<CreatedToken | undefined>(undefined);
  const mayWrite = useMay("operators:write");
  return (
    <div class="page">
      <div class="page-head">
        <h1>People</h1>
        <p class="muted">Who uses this dashboard and the admin API, and what they may do.</p>
        {mayWrite ? (
          <button type="button" class="button primary" onClick={() => setAsked({ kind: "make" })}>
            <Icon name="plus" />
            Add somebody
          </button>
        ) : null}
      </div>
      {created === undefined ? null : (
        <ShownOnce
          title={`Token of ${created.operator.name}`}
          secret={created.token}
          label="token"
          onDone={() => setCreated(undefined)}
        />
      )}
      <LoadState loaded={loaded} reload={reload}>
        {({ operators }) => (
          <OperatorTable
            operators={operators}
            onStep={mayWrite ? (kind, operator) => setAsked({ kind, operator }) : undefined}
          />
        )}
      </LoadState>
      {asked === undefined ? null : (
        <Step
          asked={asked}
          onClose={() => setAsked(undefined)}
          onDone={reload}
          onToken={(token) => {
            setCreated(token);
            reload();
          }}
        />
      )}
    </div>
  );
}

const load = (signal: AbortSignal) => listOperators({ signal });

function Step(props: {
  readonly asked: Asked;
  readonly onClose: () => void;
  readonly onDone: () => void;
  readonly onToken: (created: CreatedToken) => void;
}) {
  const { asked, onClose, onDone, onToken } = props;
  if (asked.kind === "make") return <OperatorDialog before={undefined} onClose={onClose} onDone={onDone} />;
  const { operator } = asked;
  switch (asked.kind) {
    case "edit":
      return <OperatorDialog before={operator} onClose={onClose} onDone={onDone} />;
    case "token":
      return (
        <AskDialog
          title={`A new token for ${operator.name}?`}
          action="Make a token"
          work={() => giveOperatorToken(operator.id).then(onToken)}
          onClose={onClose}
        >
          <p>
            It is shown once.
            {operator.tokenHint === null ? "" : ` The one that ends in …${operator.tokenHint} ends now.`}
          </p>
        </AskDialog>
      );
    case "remove":
      return (
        <AskDialog
          title={`Remove ${operator.name}?`}
          action="Remove"
          keep="Keep them"
          isDanger
          work={() => removeOperator(operator.id).then(onDone)}
          onClose={onClose}
        >
          <p>Their sessions and their token end at once. This cannot be undone.</p>
        </AskDialog>
      );
  }
}
