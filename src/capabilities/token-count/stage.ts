import { type Calibration, createCalibration } from "./calibration.ts";
import { tokenCountStart } from "./settings.ts";
import type { TextSize } from "./text-size.ts";

/** Whose tokens. */
export interface CountedModel {
  readonly provider: string;
  readonly model: string;
}

/** Estimates tokens from bytes, and learns from what providers count. Never billed. A holder of state that one gateway owns. */
export interface TokenCount {
  readonly estimate: (
    of: CountedModel,
    bodyBytes: number,
  ) => { readonly tokens: number; readonly errorBand?: number };
  /**
   * The fewest tokens that so much text can have: of ASCII its estimate less the error it has shown, but never more than
   * prose would have; of the rest, whose tokens hang on its language, what any has.
   */
  readonly atLeast: (of: CountedModel, size: TextSize) => number;
  /**
   * The provider's own count of a body of this size.
   * @returns What would have been estimated of it; `undefined` for a body that nothing is learned of.
   */
  readonly learn: (of: CountedModel, bodyBytes: number, reported: number) => number | undefined;
}

const { bytesPerToken, bytesPerTokenMax, proseBytesPerToken, learnedBytesMax, modelsMax } = tokenCountStart;

/** Public tokenizers count newer Claude about 30 % low. Source: AI models specification, part 19. */
export const startFor = (model: string): number => (/claude/i.test(model) ? 1.4 : 1);

export function createTokenCount(): TokenCount {
  const calibrations = new Map<string, Calibration>();
  const keyOf = ({ provider, model }: CountedModel): string => `${provider}\n${model}`;
  const find = (of: CountedModel): Calibration =>
    calibrations.get(keyOf(of)) ?? createCalibration(startFor(of.model));
  return {
    estimate: (of, bodyBytes) => {
      const calibration = find(of);
      const band = calibration.errorBand();
      const tokens = calibration.corrected(bodyBytes / bytesPerToken);
      return band === undefined ? { tokens } : { tokens, errorBand: band };
    },
    atLeast: (of, { plainBytes, otherCharacters }) => {
      const calibration = find(of);
      const band = calibration.errorBand();
      const plain =
        band === undefined
          ? plainBytes / bytesPerTokenMax
          : Math.min(
              calibration.corrected(plainBytes / bytesPerToken) / (1 + band),
              plainBytes / proseBytesPerToken,
            );
      return Math.floor(plain + otherCharacters / bytesPerTokenMax);
    },
    learn: (of, bodyBytes, reported) => {
      if (bodyBytes > learnedBytesMax) return undefined;
      const key = keyOf(of);
      const known = calibrations.get(key);
      if (known === undefined && calibrations.size >= modelsMax) return undefined;
      const calibration = known ?? createCalibration(startFor(of.model));
      if (known === undefined) calibrations.set(key, calibration);
      const estimated = bodyBytes / bytesPerToken;
      const told = calibration.corrected(estimated);
      calibration.learn({ estimated, reported });
      return told;
    },
  };
}
