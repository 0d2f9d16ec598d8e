/** Nothing may be set of cost forecasts: a budget is part of the question. Their bounds. */
export const costForecastBounds = {
  /** Keys, routes and providers with days of their own; the whole installation always has. */
  scopesMax: 2000,
  scopeCharsMax: 200,
  /** UTC days that are kept: ten weeks. */
  days: 70,
  /** A scope without spend for so long goes first when there are too many. */
  idleDays: 28,
  paths: 1000,
  /** With fewer known days there is a straight line, and no band. */
  knownDaysMin: 7,
  /** A day on which the gateway was up for no more than this share of its usual time is a gap. */
  upShareMin: 0.5,
} as const;
