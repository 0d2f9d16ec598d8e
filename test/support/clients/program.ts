import * as z from "zod";

/** One way in which programs speak to models: an official client, asked for what programs ask. */
export interface Program {
  readonly name: string;
  /** @returns The text of the answer. */
  readonly chat: (model: string, prompt: string) => Promise<string>;
  /** @returns The pieces of the answer, as the program saw them come. */
  readonly stream: (model: string, prompt: string) => Promise<readonly string[]>;
  /** Offers `get_weather`, answers its call with what `weatherOf` says, and goes on. @returns What the model says then. */
  readonly tools: (model: string, prompt: string, weatherOf: (args: unknown) => string) => Promise<string>;
  /** @returns An object of the shape of `reportSchema`. */
  readonly structured: (model: string, prompt: string) => Promise<unknown>;
  /** Shows a picture of one pixel beside the prompt. */
  readonly image: (model: string, prompt: string) => Promise<string>;
  /** Absent: the client has none. @returns The vectors of two texts. */
  readonly embed?: (model: string) => Promise<readonly (readonly number[])[]>;
}

export const weatherTool = {
  name: "get_weather",
  description: "The weather of a city",
  parameters: {
    type: "object" as const,
    properties: { city: { type: "string" as const } },
    required: ["city"],
    additionalProperties: false as const,
  },
};
export const weatherInput: z.ZodType<{ city: string }> = z.object({ city: z.string() });

export const report: z.ZodType<{ city: string; degrees: number }> = z.object({
  city: z.string(),
  degrees: z.number(),
});
export const reportSchema = {
  type: "object" as const,
  properties: { city: { type: "string" as const }, degrees: { type: "number" as const } },
  required: ["city", "degrees"],
  additionalProperties: false as const,
};

/** A PNG of one pixel, in base64. */
export const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";

export const twoTexts: string[] = ["one", "two"];
