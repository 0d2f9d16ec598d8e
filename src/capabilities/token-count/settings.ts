/** Nothing may be set of token estimates: the numbers are learned. What they start from. */
export const tokenCountStart = {
  bytesPerToken: 4,
  /** Nothing has more, but for runs of blanks: the bound while a model is not calibrated. */
  bytesPerTokenMax: 16,
  /** ASCII prose has fewer (English up to 5.5, German 6.5): the bound once a model is calibrated, however dense what taught it was. */
  proseBytesPerToken: 8,
  /** Larger bodies hold images and files, whose bytes say nothing of their tokens. */
  learnedBytesMax: 256 * 1024,
  modelsMax: 5000,
} as const;
