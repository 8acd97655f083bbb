/** A 95 % interval, ends included. */
export type Interval = readonly [low: number, high: number]

/** What either tail of a two-sided 95 % interval leaves out. */
export const tail95 = 0.025

/** The standard normal distribution's point with {@link tail95} above it. */
export const z95 = 1.959963984540054

/** The point with 0.5 % above it: the ends of a two-sided 99 % interval. */
export const z99 = 2.5758293035489004
