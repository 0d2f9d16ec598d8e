import { useState } from "preact/hooks";
import { setPriceRows } from "../../generated/client.ts";
import { asAdminError } from "../../live/use-polling.ts";

const example =
  '[{ "match": { "provider": "NAME", "model": "GLOB" }, "usdPerMillion": { "input": 1, "output": 2 }, "source": "contract" }]';

/** Rows that are set while the gateway runs; they replace all that were set before, or nothing changes. */
export function SetRows(props: { readonly rows: readonly unknown[]; readonly onSet: () => void }) {
  const [text, setText] = useState<string | undefined>(undefined);
  const [asked, setAsked] = useState<{
    readonly isBusy: boolean;
    readonly told?: string;
    readonly isBad?: boolean;
  }>({
    isBusy: false,
  });
  const shown = text ?? (props.rows.length === 0 ? "[]" : JSON.stringify(props.rows, null, 2));
  const set = async (): Promise<void> => {
    const rows = parsed(shown);
    if (rows === undefined) {
      setAsked({ isBusy: false, told: "That is no JSON list of rows.", isBad: true });
      return;
    }
    setAsked({ isBusy: true });
    try {
      const { setRows } = await setPriceRows({ rows });
      setText(undefined);
      setAsked({
        isBusy: false,
        told: `${setRows.length} ${setRows.length === 1 ? "row counts" : "rows count"} from now on.`,
      });
      props.onSet();
    } catch (thrown) {
      setAsked({ isBusy: false, told: asAdminError(thrown).message, isBad: true });
    }
  };
  return (
    <section class="card" aria-labelledby="set-rows">
      <h2 id="set-rows">Rows set here</h2>
      <p class="muted">
        They stand beside those of the configuration and are kept. In the form of <code>pricing.rows</code>:{" "}
        <code>{example}</code>
      </p>
      <textarea
        aria-label="Rows set here, as JSON"
        class="rows-text"
        rows={6}
        spellcheck={false}
        value={shown}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      {asked.told === undefined ? null : (
        <p class={asked.isBad === true ? "bad-text" : ""} role={asked.isBad === true ? "alert" : "status"}>
          {asked.told}
        </p>
      )}
      <div class="card-foot">
        <button
          type="button"
          class="button primary"
          disabled={asked.isBusy || text === undefined}
          onClick={() => void set()}
        >
          Set
        </button>
        {text === undefined ? null : (
          <button type="button" class="button" onClick={() => setText(undefined)}>
            As it was
          </button>
        )}
      </div>
    </section>
  );
}

function parsed(text: string): readonly unknown[] | undefined {
  try {
    const rows: unknown = JSON.parse(text);
    return Array.isArray(rows) ? rows : undefined;
  } catch {
    return undefined;
  }
}
