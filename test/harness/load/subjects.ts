import { builtinDriver } from '../../../harness/load/builtin/driver.ts'
import type { LoadDriver } from '../../../harness/load/driver.ts'
import { k6DriverOf } from '../../../harness/load/k6/driver.ts'
import { findBinary, findImage } from '../../../harness/load/k6/find.ts'

/** A load driver that the contract suite is run against. */
export interface DriverSubject {
  readonly name: string
  readonly driver: LoadDriver
  /** Why it cannot be had here. */
  readonly missing: string | undefined
  /** The environment variable that makes its absence a failure. */
  readonly requiredBy?: string
}

const binary = k6DriverOf(findBinary)
const image = k6DriverOf(findImage)

export const driverSubjects: readonly DriverSubject[] = [
  { name: 'builtin', driver: builtinDriver, missing: undefined },
  { name: 'k6', driver: binary, missing: await binary.missing!(), requiredBy: 'CI_REQUIRE_K6' },
  {
    name: 'k6 as a container',
    driver: image,
    missing: await image.missing!(),
    requiredBy: 'CI_REQUIRE_K6_IMAGE',
  },
]

/** `(skipped: why)`, for a suite's name. */
export function skippedWords({ missing }: DriverSubject): string {
  return missing === undefined ? '' : ` (skipped: ${missing})`
}
