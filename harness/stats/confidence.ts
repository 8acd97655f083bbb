/** A 95 % interval, ends included. */
export type Interval = readonly [low: number, high: number]

/** What either tail of a two-sided 95 % interval leaves out. */
export const tail95 = 0.025

/** The standard normal distribution's point with {@link tail95} above it. */
export const z95 = 1.959963984540054
