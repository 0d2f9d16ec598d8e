/** Nothing may be set of token estimates: the numbers are learned. What they start from. */
export const tokenCountStart = {
  bytesPerToken: 4,
  /** Nothing has more, but for runs of blanks: the bound while a model is not calibrated. */
  bytesPerTokenMax: 16,
  /** Larger bodies hold images and files, whose bytes say nothing of their tokens. */
  learnedBytesMax: 256 * 1024,
  modelsMax: 5000,
} as const;
