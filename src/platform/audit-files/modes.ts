/** For their owner alone. */
export const directoryMode = 0o700;
export const fileMode = 0o600;
