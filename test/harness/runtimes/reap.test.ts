import { expect, it } from 'vitest'
import type { Engine } from '../../../harness/runtimes/containers/engine.ts'
import { reapTopology, tellKept } from '../../../harness/runtimes/containers/reap.ts'

const network = 'saeol-chaos-of-the-tests'

/** An engine with one network, which it refuses to remove so many times. @param inside containers in it */
function engineThatHolds(refusals: number, inside: readonly string[] = []): Engine {
  let left = refusals
  let there = true
  const get = (path: string): { status: number; body: unknown } => {
    if (path === '/networks/an-id') {
      const Containers = Object.fromEntries(inside.map((Name) => [Name, { Name }]))
      return there ? { status: 200, body: { Name: network, Containers } } : { status: 404, body: {} }
    }
    return { status: 200, body: path.startsWith('/networks?') && there ? [{ Id: 'an-id' }] : [] }
  }
  return {
    address: 'an engine of the tests',
    async ask(method: string, path: string) {
      if (method === 'GET') return get(path)
      if (left-- > 0) return { status: 403, body: { message: 'it has active endpoints' } }
      there = false
      return { status: 204, body: undefined }
    },
  } as unknown as Engine
}

it('asks again while a container that is going holds the network', async () => {
  expect(await reapTopology(engineThatHolds(2), 'abc')).toEqual({ containers: 0, networks: 1, kept: [] })
})

it('leaves a network to an engine that refuses it with nobody in it, and says what to do', async () => {
  const reaped = await reapTopology(engineThatHolds(Number.POSITIVE_INFINITY), 'abc', 0, { emptyMs: 300 })
  expect(reaped).toEqual({ containers: 0, networks: 0, kept: [network] })
  expect(tellKept(reaped.kept)).toMatch(/^the engine keeps saeol-chaos-of-the-tests, .* clean' removes it/)
})

it('gives up where somebody stays in the network, and says who', async () => {
  await expect(
    reapTopology(engineThatHolds(Number.POSITIVE_INFINITY, ['a-stranger']), 'abc', 0, {
      patienceMs: 500,
      emptyMs: 100,
    }),
  ).rejects.toThrow(
    /does not let go of what topology abc left: network saeol-chaos-of-the-tests, in which there is a-stranger$/,
  )
})
