import { expect, it } from 'vitest'
import type { Engine } from '../../../harness/runtimes/containers/engine.ts'
import { reapTopology } from '../../../harness/runtimes/containers/reap.ts'

/** An engine with one network, which it refuses to remove so many times. */
function engineThatHolds(refusals: number): Engine {
  let left = refusals
  let there = true
  return {
    address: 'an engine of the tests',
    async ask(method: string, path: string) {
      if (method === 'GET')
        return {
          status: 200,
          body: path.startsWith('/networks') && there ? [{ Id: 'network-that-stays' }] : [],
        }
      if (left-- > 0) return { status: 403, body: { message: 'it has active endpoints' } }
      there = false
      return { status: 204, body: undefined }
    },
  } as unknown as Engine
}

it('asks again while a container that is going holds the network', async () => {
  expect(await reapTopology(engineThatHolds(2), 'abc')).toEqual({ containers: 0, networks: 1 })
})

it('gives up on an engine that never lets go, and says what is left and what to do', async () => {
  await expect(reapTopology(engineThatHolds(Number.POSITIVE_INFINITY), 'abc', 0, 500)).rejects.toThrow(
    /does not let go of what topology abc left: network network-that; .* must be started anew/,
  )
})
