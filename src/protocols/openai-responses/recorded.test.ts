import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hasRecordedTraffic, recordedTraffic } from "../../../test/support/recorded-traffic.ts";
import { framesOf, grammarAfter } from "./answers.test-support.ts";
import { decodeCall } from "./decode.ts";
import { advance, type GrammarState, startGrammar } from "./grammar.ts";
import { readFacts } from "./read.ts";

interface WirePart {
  readonly type: string;
  readonly text?: string;
}

/** An independent, plain reading of the wire. */
interface WireItem {
  readonly type?: string;
  readonly role?: string;
  readonly content?: string | readonly WirePart[] | null;
  readonly call_id?: string;
  readonly name?: string;
  readonly arguments?: string;
  readonly output?: string;
  readonly id?: string;
  readonly encrypted_content?: string;
  readonly summary?: readonly WirePart[];
}

interface WireRequest {
  readonly service_tier?: string;
  readonly previous_response_id?: string | null;
  readonly model: string;
  readonly stream?: boolean | null;
  readonly max_output_tokens?: number | null;
  readonly instructions?: string | null;
  readonly tools?: readonly unknown[];
  readonly include?: readonly string[];
  readonly input: string | readonly WireItem[];
}

const records = hasRecordedTraffic() ? recordedTraffic("openai.responses") : [];
const bodyOf = (request: Buffer): WireRequest => JSON.parse(request.toString());

describe.skipIf(records.length === 0)("recorded requests", () => {
  it("are all read, with the facts that a full parse finds", () => {
    expect(records.length).toBeGreaterThanOrEqual(118);
    for (const { name, request } of records) {
      const body = bodyOf(request);
      expect(readFacts(request), name).toEqual({
        kind: "facts",
        facts: {
          model: body.model,
          isStream: body.stream ?? false,
          wantsUsage: true,
          ...(typeof body.max_output_tokens === "number" && { outputTokensMax: body.max_output_tokens }),
          ...(typeof body.service_tier === "string" && { tier: body.service_tier }),
          ...(typeof body.previous_response_id === "string" && { continues: body.previous_response_id }),
        },
      });
    }
  });

  it("are all decoded without a loss: every message, call, result and sealed thought among them", () => {
    for (const { name, request } of records) {
      const body = bodyOf(request);
      const decoding = decodeCall(request, {});
      if (decoding.kind !== "call") throw new Error(`${name}: ${JSON.stringify(decoding.problems)}`);
      expect(decoding.warnings, name).toEqual([]);
      const { call } = decoding;
      const parts = [...call.instructions, ...call.turns.flatMap((turn) => turn.parts)];
      const items = itemsOf(body);
      const said = parts.flatMap((part) => (part.kind === "text" ? [part.text] : []));
      expect(said, name).toEqual(
        [body.instructions ?? "", ...items.flatMap(textsOf)].filter((text) => text !== ""),
      );
      expect(
        parts.flatMap((part) =>
          part.kind === "tool-call" ? [[part.id, part.name, part.argumentsText]] : [],
        ),
        name,
      ).toEqual(
        items.flatMap((item) =>
          item.type === "function_call" ? [[item.call_id, item.name, item.arguments]] : [],
        ),
      );
      expect(
        parts.flatMap((part) =>
          part.kind === "tool-result"
            ? [
                [
                  part.callId,
                  part.content.map((piece) => (piece.kind === "text" ? piece.text : piece.kind)).join(""),
                ],
              ]
            : [],
        ),
        name,
      ).toEqual(
        items.flatMap((item) => (item.type === "function_call_output" ? [[item.call_id, item.output]] : [])),
      );
      const seals = parts.flatMap((part) =>
        part.kind === "reasoning" ? [[part.seal?.itemId, part.seal?.value]] : [],
      );
      const thoughts = items.filter(({ type }) => type === "reasoning");
      expect(seals, name).toEqual(
        thoughts.flatMap(({ id, encrypted_content: value, summary = [] }) =>
          Array.from({ length: Math.max(1, summary.length) }, () => [id, value]),
        ),
      );
      expect(call.tools.length, name).toBe((body.tools ?? []).length);
    }
  });
});

function itemsOf({ input }: WireRequest): readonly WireItem[] {
  return typeof input === "string" ? [{ role: "user", content: input }] : input;
}

function textsOf({ content, role }: WireItem): readonly string[] {
  if (role === undefined) return [];
  return typeof content === "string" ? [content] : (content ?? []).flatMap(({ text }) => text ?? []);
}

describe.skipIf(records.length === 0)("the grammar", () => {
  const streams = records.filter(({ isStream }) => isStream);

  it("takes every recorded stream", () => {
    expect(streams.length).toBeGreaterThanOrEqual(42);
    const refused = streams.flatMap(({ name, response }) => {
      const state = grammarAfter(response);
      return state.kind === "ended" ? [] : [{ name, state }];
    });
    expect(refused).toEqual([]);
  });

  it("refuses every recorded stream that lacks any one of its frames", () => {
    for (const { name, response } of streams.slice(0, 12)) {
      const frames = framesOf(response);
      for (const index of frames.keys()) {
        const state = frames.toSpliced(index, 1).reduce<GrammarState>(advance, startGrammar);
        expect(state.kind, `${name} without frame ${index}`).not.toBe("ended");
      }
    }
  });
});

const fixtures = join(
  process.env["SALLYPORT_TRAFFIC_DIR"] ?? join(import.meta.dirname, "../../../../shared/data/llm-traffic"),
  "vercel-ai-fixtures/packages",
);

/** What another project recorded of OpenAI and Azure; those that it wrote or shortened by hand are left out. */
const shortened = /custom-tool|openai-phase|shell-container\.1|parallel-tool-call|github-copilot/;

describe.skipIf(records.length === 0)("the grammar, on fixtures of server-run tools", () => {
  const folders = records.length === 0 ? [] : ["openai/src/responses/__fixtures__", "azure/src/__fixtures__"];
  const files = folders.flatMap((folder) =>
    readdirSync(join(fixtures, folder))
      .filter((file) => file.endsWith(".chunks.txt") && !shortened.test(file))
      .map((file) => join(folder, file))
      .filter((file) => readFileSync(join(fixtures, file), "utf8").includes('"type":"response.created"')),
  );

  it.for(files)("takes %s", (file) => {
    let state: GrammarState = startGrammar;
    for (const line of readFileSync(join(fixtures, file), "utf8").split("\n")) {
      if (line === "") continue;
      const { type } = JSON.parse(line);
      // A file may hold the streams of several turns.
      if (type === "response.created" && state.kind === "ended") state = startGrammar;
      state = advance(state, { kind: "event", event: type, data: line });
    }
    expect(state).toEqual({ kind: file.includes("openai-error") ? "failed" : "ended" });
  });
});
