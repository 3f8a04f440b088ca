// Does something grow? A straight line through measured values, with the uncertainty of its slope.

export interface Fit {
  readonly slope: number;
  /** Standard error of the slope: what is less than twice that is noise. */
  readonly slopeError: number;
  /** The value in the middle. */
  readonly mean: number;
}

/** Least squares. At least three points. */
export const linearFit = (points: readonly (readonly [x: number, y: number])[]): Fit => {
  const n = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n;
  const squares = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / squares;
  const residuals = points.reduce((sum, [x, y]) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  return { slope, slopeError: Math.sqrt(residuals / (n - 2) / squares), mean: meanY };
};
