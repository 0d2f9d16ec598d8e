import { useState } from "preact/hooks";
import { type Translated, translateRequest } from "../../generated/client.ts";
import { asAdminError } from "../../live/use-polling.ts";

const clients = ["openai-chat", "openai-responses", "anthropic-messages", "gemini-generate"];
const upstreams = [...clients, "bedrock-converse", "cohere-chat", "mistral-chat"];
const sample = JSON.stringify(
  {
    model: "gpt-5-mini",
    messages: [{ role: "user", content: "Who goes there?" }],
    seed: 7,
    stop: ["END"],
  },
  null,
  2,
);

/** A request as an upstream would be sent it; nothing is sent. */
export function TryIt() {
  const [wanted, setWanted] = useState({ from: "openai-chat", to: "anthropic-messages", body: sample });
  const [told, setTold] = useState<Translated | string | undefined>(undefined);
  const ask = async (): Promise<void> => {
    try {
      // The model of a dialect whose body has none.
      setTold(
        await translateRequest({
          ...wanted,
          ...(wanted.from === "gemini-generate" ? { model: "model" } : {}),
        }),
      );
    } catch (thrown) {
      setTold(asAdminError(thrown).message);
    }
  };
  return (
    <section class="card" aria-labelledby="try-it">
      <h2 id="try-it">Try a translation</h2>
      <p class="muted">What an upstream would be sent, and what would be lost. Nothing is sent.</p>
      <div class="filters">
        <Choice
          label="The client speaks"
          value={wanted.from}
          names={clients}
          onChoose={(from) => setWanted({ ...wanted, from })}
        />
        <Choice
          label="The provider speaks"
          value={wanted.to}
          names={upstreams}
          onChoose={(to) => setWanted({ ...wanted, to })}
        />
        <button type="button" class="button primary" onClick={() => void ask()}>
          Translate
        </button>
      </div>
      <textarea
        aria-label="The request, as JSON"
        class="rows-text"
        rows={8}
        spellcheck={false}
        value={wanted.body}
        onInput={(event) => setWanted({ ...wanted, body: event.currentTarget.value })}
      />
      {told === undefined ? null : typeof told === "string" ? (
        <p class="bad-text" role="alert">
          {told}
        </p>
      ) : (
        <Told told={told} />
      )}
    </section>
  );
}

function Choice(props: {
  readonly label: string;
  readonly value: string;
  readonly names: readonly string[];
  readonly onChoose: (name: string) => void;
}) {
  return (
    <label class="choice">
      <span class="muted">{props.label}</span>
      <select value={props.value} onChange={(event) => props.onChoose(event.currentTarget.value)}>
        {props.names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Told({ told }: { readonly told: Translated }) {
  const { lane, path, body, warnings, emulated, refusal } = told;
  const lines = [
    ...warnings.map(
      ({ kind, subject, note }) => `${kind}: ${subject}${note === undefined ? "" : ` (${note})`}`,
    ),
    ...(emulated?.stop ?? []).map((stop) => `emulated: the answer ends before ${JSON.stringify(stop)}`),
    ...(emulated === null || emulated.toolsAmong.length === 0
      ? []
      : [`emulated: only ${emulated.toolsAmong.join(", ")} may be called`]),
  ];
  return (
    <div role="status" aria-label="The translation">
      {refusal === null ? (
        <p>
          <strong>POST {path}</strong>{" "}
          <span class="muted">{lane === "bytes" ? "as it came" : "translated"}</span>
        </p>
      ) : (
        <p class="warn-text">
          <strong>Refused:</strong> {refusal.message}
        </p>
      )}
      {lines.length === 0 ? null : (
        <ul class="warnings">
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {body === null ? null : <pre class="translated">{pretty(body)}</pre>}
    </div>
  );
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
