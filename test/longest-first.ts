import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take longest when nobody has timed them yet, longest first; the rest follow by size. */
const long = [
  'containers.test',
  'agreeing-runs.test',
  'verdict-in-containers.test',
  'k6-run.test',
  'conformance',
  'contract.test',
  'drivers.test',
  'package.test',
]

/** Starts what takes longest first, so that the last of the files under way is a short one. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = long.findIndex((name) => moduleId.includes(name))
      return at === -1 ? long.length : at
    }
    return sorted.toSorted((a, b) => rank(a) - rank(b))
  }
}
