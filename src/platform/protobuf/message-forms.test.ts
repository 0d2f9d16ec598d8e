import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { GatewayError } from "../../kernel/errors.ts";
import { createMessageForms } from "./message-forms.ts";

const forms = createMessageForms();

describe("createMessageForms", () => {
  it("turns JSON into bytes and back", () => {
    const json = {
      model: "m",
      messages: [
        {
          role: "ROLE_USER",
          parts: [
            { text: { text: "hé" } },
            { image: { data: "AP8B", mediaType: "image/png" } },
            { toolCall: { id: "1", name: "f", arguments: '{"n":1.0}' }, seal: "sp1.x" },
          ],
        },
      ],
      sampling: { temperature: 0, seed: -1 },
      extensions: { x: [1, null, "a", { b: true }] },
    };
    const bytes = forms.toBytes("ai.v1.CompleteRequest", JSON.stringify(json));
    expect(JSON.parse(forms.toJson("ai.v1.CompleteRequest", bytes))).toEqual(json);
  });

  it("reads all the JSON that protobuf allows, and writes it in one way", () => {
    const read = forms.readJson(
      "ai.v1.CompleteRequest",
      '{"model":"m","tool_choice":{"mode":3},"metadata":null,"later":{}}',
    );
    expect(JSON.parse(read)).toEqual({ model: "m", toolChoice: { mode: "MODE_ANY" } });
  });

  it("takes halves of surrogate pairs, as JSON may have them, for what cannot be read", () => {
    const bytes = forms.toBytes("ai.v1.StreamPart", '{"textDelta":{"part":0,"text":"a\\ud83d"}}');
    expect(JSON.parse(forms.toJson("ai.v1.StreamPart", bytes))).toEqual({ textDelta: { text: "a\ufffd" } });
  });

  it("unpacks gzip, but no more than is allowed, and nothing else", async () => {
    const packed = gzipSync(Buffer.alloc(1000));
    expect(await forms.gunzip(packed, 1000)).toHaveLength(1000);
    expect(await forms.gunzip(packed, 999)).toBeUndefined();
    await expect(forms.gunzip(Buffer.from("no"), 999)).rejects.toMatchObject({ code: "malformed_request" });
    await expect(forms.gunzip(packed.subarray(0, 15), 999)).rejects.toMatchObject({
      code: "malformed_request",
    });
  });

  it("tells bytes and texts that are no message apart", () => {
    const codeOf = (act: () => unknown): string => {
      try {
        act();
        return "none";
      } catch (error) {
        return GatewayError.from(error).code;
      }
    };
    expect(codeOf(() => forms.toJson("ai.v1.EmbedRequest", Uint8Array.of(0xff)))).toBe("malformed_request");
    expect(codeOf(() => forms.toBytes("ai.v1.EmbedRequest", "{"))).toBe("internal");
    expect(codeOf(() => forms.readJson("ai.v1.EmbedRequest", "{"))).toBe("malformed_request");
    expect(codeOf(() => forms.readJson("ai.v1.EmbedRequest", '{"model":1}'))).toBe("malformed_request");
  });
});
