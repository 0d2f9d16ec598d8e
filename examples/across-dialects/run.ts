/** A program of OpenAI's Responses API with models whose providers have never heard of it. */
import OpenAI from "openai";

const url = process.env["SALLYPORT_URL"] ?? "http://127.0.0.1:7227";
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: process.env["SALLYPORT_KEY"], maxRetries: 0 });

for (const provider of ["claude-like", "gemini-like"]) {
  const model = `${provider}/sandbox-deep`;
  // 1. Reasoning, in the form of this API; the provider's seal of it travels in an envelope.
  const { data: first, response } = await client.responses
    .create({
      model,
      input: "Who goes there?",
      reasoning: { effort: "low", summary: "auto" },
      include: ["reasoning.encrypted_content"],
    })
    .withResponse();
  const thought = first.output.find((item) => item.type === "reasoning" && item.encrypted_content != null);
  console.log(model);
  console.log(`  lane:     ${response.headers.get("x-sallyport-lane")}`);
  const envelope = thought?.type === "reasoning" ? thought.encrypted_content : undefined;
  console.log(`  envelope: ${envelope?.slice(0, 4) ?? "none"}`);

  // 2. The second turn names the first: the gateway has kept it, and the provider gets its own thoughts back.
  const second = await client.responses.create({
    model,
    input: "And who else?",
    previous_response_id: first.id,
  });
  console.log(
    `  second:   ${second.output_text.length > 0 ? "answered" : "empty"}, after ${second.usage?.input_tokens} tokens`,
  );

  // 3. What the provider has no word for is declared, or refused where the program asks for that.
  const declared = await client.responses
    .create({ model: `${provider}/sandbox-swift`, input: "Hello.", truncation: "auto" })
    .withResponse();
  console.log(`  warnings: ${declared.response.headers.get("x-sallyport-warnings")}`);
  const refusal = await client.responses
    .create(
      { model: `${provider}/sandbox-swift`, input: "Hello.", truncation: "auto" },
      { headers: { "x-sallyport-strict": "1" } },
    )
    .then(
      () => "none",
      (error: unknown) =>
        error instanceof OpenAI.APIError ? `${error.status} ${error.param}` : String(error),
    );
  console.log(`  strict:   ${refusal}`);
}
