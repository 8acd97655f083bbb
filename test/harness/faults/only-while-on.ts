import { expect } from 'vitest'
import type { FaultContext } from '../../../harness/faults/fault.ts'
import { faultKind } from '../../../harness/faults/index.ts'
import type { FaultSpec } from '../../../harness/model/fault.ts'
import type { LoadRun } from '../../../harness/model/load.ts'
import type { Topology } from '../../../harness/model/topology.ts'

/** A fault that needs no load: its probe sees nothing before, sees it bite while it is on, and nothing after its revert. */
export async function expectOnlyWhileOn(spec: FaultSpec, topology: Topology): Promise<void> {
  const kind = faultKind(spec.kind)!
  const context: FaultContext = {
    topology,
    load: {} as LoadRun,
    signal: new AbortController().signal,
    memory: new Map(),
  }
  expect(await kind.probe!(spec, context)).toMatchObject({ bites: false })
  try {
    await kind.inject(spec, context)
    expect(await kind.probe!(spec, context)).toMatchObject({ bites: true })
  } finally {
    await kind.revert(spec, context)
  }
  expect(await kind.probe!(spec, context)).toMatchObject({ bites: false })
}
