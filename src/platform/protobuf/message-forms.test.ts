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
  });
});
