import { listModels, type ModelEntry, readStats } from "../generated/client.ts";
import { useLoaded } from "../live/use-loaded.ts";
import { CodeBlock } from "./code-block.tsx";
import { Link } from "./link.tsx";

/** What to do where there is nothing to see yet: a request to send, ready to be pasted. */
export function FirstRequest() {
  const { loaded } = useLoaded(readSample);
  const { origin, model } = loaded.state === "ready" ? loaded.data : unknownSample;
  return (
    <section class="card first-request" aria-label="Send the first request">
      <h2>No request has come yet</h2>
      <p>
        Send one, and watch it pass the doors here. The client key was printed when the gateway started;{" "}
        <Link to="/keys">make another</Link> if it is lost.
      </p>
      <CodeBlock text={curl(origin, model)} label="request" />
    </section>
  );
}

interface Sample {
  readonly origin: string;
  readonly model: string;
}
const unknownSample: Sample = { origin: "http://127.0.0.1:7227", model: "MODEL" };

async function readSample(signal: AbortSignal): Promise<Sample> {
  const [{ data_url }, { models }] = await Promise.all([readStats({ signal }), listModels({ signal })]);
  return { origin: data_url, model: sampleModel(models) };
}

/** A name that can be asked for as it stands. */
function sampleModel(models: readonly ModelEntry[]): string {
  const plain = models.find(({ kind, name }) => kind !== "pattern" && !name.includes("*"));
  return plain?.name ?? unknownSample.model;
}

const curl = (origin: string, model: string): string => `curl ${origin}/v1/chat/completions \\
  -H "authorization: Bearer $SALLYPORT_KEY" -H 'content-type: application/json' \\
  -d '{"model":"${model}","messages":[{"role":"user","content":"Who goes there?"}]}'`;
