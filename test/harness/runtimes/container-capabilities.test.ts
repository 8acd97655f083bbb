import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ImageSpec, System } from '../../../harness/model/system.ts'
import { containerCapabilities } from '../../../harness/runtimes/containers/capabilities.ts'
import type { Engine } from '../../../harness/runtimes/containers/engine.ts'
import { contractSystem } from '../fixtures/contract/system.ts'

/** An engine that has these images and can pull none. */
const engineWith = (...tags: readonly string[]): Engine => ({
  address: 'unix:///nowhere.sock',
  ask: async (_, path) =>
    tags.some((tag) => path === `/images/${tag}/json`)
      ? { status: 200, body: { Config: {} } }
      : { status: 404, body: {} },
  follow: () => Promise.reject(new Error('nothing to follow')),
})

const systemWith = (netadmin?: ImageSpec): System => {
  const { netadmin: _, ...image } = contractSystem.image!
  return { ...contractSystem, image: { ...image, ...(netadmin !== undefined && { netadmin }) } }
}
const tools = { tag: 'nobody/has:this' }

/** Neither root's tools, nor root. */
const powerless = (): void => void vi.stubEnv('PATH', '/nowhere')
afterEach(() => vi.unstubAllEnvs())

describe('packet loss is promised', () => {
  it('where the image with the tools is there', async () => {
    powerless()
    const { capabilities, lacking } = await containerCapabilities(engineWith(tools.tag), [systemWith(tools)])
    expect([...capabilities]).toEqual(['links', 'kill', 'pause', 'packet-loss'])
    expect(lacking).toBeUndefined()
  })

  it('by no system that declares none, nor where it cannot be had; the reason is told', async () => {
    powerless()
    const other = await containerCapabilities(engineWith(tools.tag), [systemWith(tools), systemWith()])
    expect([...other.capabilities]).toEqual(['links', 'kill', 'pause'])
    expect(other.lacking).toMatch(
      /^packets cannot be lost: the system 'contract' declares no image for it, and (this is not root|nsenter, ip, iptables, ethtool are not on PATH|containers)/,
    )
    expect((await containerCapabilities(engineWith(), [systemWith(tools)])).lacking).toMatch(
      /^packets cannot be lost: the image nobody\/has:this is not here and cannot be pulled, and /,
    )
  })
})
