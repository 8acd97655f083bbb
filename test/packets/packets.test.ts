/**
 * The packet fault with real packets, in network namespaces of its own: what it loses is held against the table that was
 * measured, and nothing of it stays. Needs root, iptables, iproute2 and ethtool.
 */
import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { agrees, measured, testSamples } from '../../packages/toxiproxy/test/server/measured.ts'
import { describeWith } from '../needs.ts'
import type { Findings } from './in-namespaces.ts'

const missing = whatIsMissing()
const names = { proxies: `chaos-a-${process.pid}`, service: `chaos-b-${process.pid}` }
const addresses = { proxies: '10.231.77.1', service: '10.231.77.2' }

function whatIsMissing(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces need Linux'
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  for (const [tool, ...args] of [
    ['ip', '-V'],
    ['iptables', '-V'],
    ['ethtool', '--version'],
    ['nsenter', '-V'],
  ] as const)
    if (spawnSync(tool, args).status !== 0) return `there is no ${tool}`
  const probe = `chaos-probe-${process.pid}`
  const made = spawnSync('ip', ['netns', 'add', probe], { encoding: 'utf8' })
  if (made.status !== 0) return `network namespaces cannot be made here: ${made.stderr.trim()}`
  const rule = ['-A', 'INPUT', '-p', 'tcp', '-m', 'length', '--length', '1500:65535', '-m', 'statistic']
  const lossy = spawnSync(
    'ip',
    ['netns', 'exec', probe, 'iptables', ...rule, '--mode', 'random', '--probability', '0.9', '-j', 'DROP'],
    { encoding: 'utf8' },
  )
  spawnSync('ip', ['netns', 'del', probe])
  return lossy.status === 0 ? undefined : `iptables cannot lose packets here: ${lossy.stderr.trim()}`
}

describeWith('packets in a network namespace', { missing, promisedBy: 'CI_REQUIRE_ENGINE' }, () => {
  const run = promisify(execFile)
  const ip = (...argv: string[]) => run('ip', argv)
  let findings: Findings

  beforeAll(async () => {
    await ip('netns', 'add', names.proxies)
    await ip('netns', 'add', names.service)
    await ip(
      ...['-n', names.proxies, 'link', 'add', 'eth0', 'mtu', '1500', 'type', 'veth'],
      ...['peer', 'name', 'eth0', 'mtu', '1500', 'netns', names.service],
    )
    for (const end of ['proxies', 'service'] as const) {
      await ip('-n', names[end], 'addr', 'add', `${addresses[end]}/24`, 'dev', 'eth0')
      for (const device of ['lo', 'eth0']) await ip('-n', names[end], 'link', 'set', device, 'up')
    }
    const script = fileURLToPath(new URL('./in-namespaces.ts', import.meta.url))
    const argv = [
      'netns',
      'exec',
      names.proxies,
      process.execPath,
      '--conditions=@saeol-chaos/source',
      script,
      names.service,
      addresses.service,
    ]
    findings = JSON.parse((await ip(...argv)).stdout) as Findings
  })

  afterAll(async () => {
    await ip('netns', 'del', names.proxies)
    await ip('netns', 'del', names.service)
  })

  it('is seen to bite by its own probe while it is on, and only then', () => {
    expect(findings.before).toMatchObject({ bites: false })
    expect(findings.during).toMatchObject({ bites: true })
    expect(findings.after).toMatchObject({ bites: false })
    expect(findings.during.said).toMatch(
      /1400 bytes answered in \d+ ms, 6000 bytes .* \(real packets, dropped by iptables in the network of b\)$/,
    )
  })

  it.each(measured)('$requestBytes bytes: answered in time as often as measured', (row) => {
    const share = findings.shares[row.requestBytes]!
    expect(agrees(share, testSamples, row.within3s), `${share}`).toBe(true)
  })

  it('loses what comes from the proxies to the port of the service, and nothing else', () => {
    expect(findings.rules.during).toMatch(
      new RegExp(
        `-s ${addresses.proxies}/32 -p tcp -m tcp --dport \\d+ -m length --length 1500:65535 -m statistic --mode random --probability 0\\.(9|8999)\\d* -j DROP`,
      ),
    )
    expect(findings.pastTheLink).toBe(1)
  })

  it('switches segmentation offload off on both ends meanwhile', () => {
    expect(findings.offloads.before).toContain('toxiproxy tcp-segmentation-offload: on')
    expect(findings.offloads.during).toEqual([])
    expect(findings.offloads.after).toEqual(findings.offloads.before)
  })

  it('leaves no rule behind, however often it is reverted', () => {
    expect(findings.rules.after).toBe(findings.rules.before)
  })
})
