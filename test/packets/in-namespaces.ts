/**
 * Run inside the network namespace of the proxies, as root: puts the packet fault on a link into another namespace, as
 * the harness would, and prints what came of it as JSON. `node in-namespaces.ts NAMESPACE ITS-ADDRESS`
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startToxiproxyServer } from '@saeol-chaos/toxiproxy'
import type { FaultContext } from '../../harness/faults/fault.ts'
import { packetLoss, packetLossKind } from '../../harness/faults/packet-loss.ts'
import type { Sighting } from '../../harness/model/fault.ts'
import type { LinkAddress, Topology } from '../../harness/model/topology.ts'
import { connectToxiproxy } from '../../harness/toxiproxy/connect.ts'
import { measured, testSamples } from '../../packages/toxiproxy/test/server/measured.ts'
import { plannedFault } from '../harness/faults/planned-fault.ts'

export interface Findings {
  readonly before: Sighting
  readonly during: Sighting
  readonly after: Sighting
  /** Requests answered within 3 s, by their bytes. */
  readonly shares: Record<string, number>
  /** Of one large request to the same port, but not from the proxies: 1 when it was answered. */
  readonly pastTheLink: number
  readonly rules: { readonly before: string; readonly during: string; readonly after: string }
  readonly offloads: { readonly before: string[]; readonly during: string[]; readonly after: string[] }
}

const patienceMs = 3000

const [namespace, address] = process.argv.slice(2) as [string, string]
const run = promisify(execFile)
const inNamespace = ['nsenter', [`--net=/run/netns/${namespace}`]] as const

async function inNetworkOf(service: string, argv: readonly string[]): Promise<string> {
  const [command, ...rest] = service === 'toxiproxy' ? argv : [inNamespace[0], ...inNamespace[1], ...argv]
  return (await run(command!, rest)).stdout
}

await using stack = new AsyncDisposableStack()
const peer = spawn(
  inNamespace[0],
  [...inNamespace[1], process.execPath, fileURLToPath(new URL('./peer.ts', import.meta.url)), '0.0.0.0'],
  { stdio: ['pipe', 'pipe', 'inherit'] },
)
stack.defer(() => void peer.stdin.end())
const port = Number(String((await once(peer.stdout, 'data'))[0]))

const server = stack.use(await startToxiproxyServer({ port: 0 }))
const toxiproxy = connectToxiproxy(server.url)
const at = await toxiproxy.createProxy({
  name: 'a-to-b',
  listen: '127.0.0.1:0',
  upstream: `${address}:${port}`,
})
const link: LinkAddress = { name: 'a→b', proxy: 'a-to-b', ...at, url: '', protocol: 'http' }
const context = {
  topology: {
    toxiproxy,
    inNetworkOf,
    link: () => link,
    system: { links: [{ name: 'a→b', to: 'b' }] },
  } as unknown as Topology,
  signal: new AbortController().signal,
  memory: new Map<string, unknown>(),
} as FaultContext
const spec = plannedFault(packetLoss('a→b'))

const rules = () => inNetworkOf('b', ['iptables', '-S'])
const offloads = async () =>
  (
    await Promise.all(
      ['toxiproxy', 'b'].map(async (service) =>
        (
          await inNetworkOf(service, ['ethtool', '-k', 'eth0'])
        )
          .split('\n')
          .filter((line) => /^(tcp|generic)-\S+: on$/.test(line))
          .map((line) => `${service} ${line}`),
      ),
    )
  ).flat()

/** Answered in time? All connections stand before the first request is sent, so that none is slow for another reason. */
async function share(bytes: number): Promise<number> {
  const request = Buffer.alloc(bytes)
  request.writeUInt32BE(bytes)
  const sockets = await Promise.all(
    Array.from({ length: testSamples }, async () => {
      const socket = connect({ host: address, port, noDelay: true })
      stack.defer(() => void socket.destroy())
      await once(socket, 'connect')
      return socket
    }),
  )
  const answers = await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<boolean>((resolve) => {
          socket.on('error', () => resolve(false))
          socket.once('data', () => resolve(true))
          socket.write(request)
          setTimeout(() => resolve(false), patienceMs)
        }),
    ),
  )
  return answers.filter(Boolean).length / testSamples
}

await packetLossKind.prepare?.(spec, context)
const before = await packetLossKind.probe!(spec, context)
const plain = { rules: await rules(), offloads: await offloads() }
await packetLossKind.revert(spec, context)
await packetLossKind.inject(spec, context)
const injected = { rules: await rules(), offloads: await offloads() }
const during = await packetLossKind.probe!(spec, context)
const shares: Record<string, number> = {}
// From where the proxies are, but past them: how a proxy cuts up what it reads is not what was measured.
await Promise.all(
  measured.map(async ({ requestBytes }) => {
    shares[requestBytes] = await share(requestBytes)
  }),
)
// What comes from elsewhere than the proxies' address is not on the link.
const pastTheLink = await passing()
await packetLossKind.revert(spec, context)
await packetLossKind.revert(spec, context)
const reverted = { rules: await rules(), offloads: await offloads() }
const after = await packetLossKind.probe!(spec, context)
const findings: Findings = {
  before,
  during,
  after,
  shares,
  pastTheLink,
  rules: { before: plain.rules, during: injected.rules, after: reverted.rules },
  offloads: { before: plain.offloads, during: injected.offloads, after: reverted.offloads },
}
process.stdout.write(JSON.stringify(findings))

/** The service asks itself, by its own address: same port, another source. */
async function passing(): Promise<number> {
  const { stdout } = await run(inNamespace[0], [
    ...inNamespace[1],
    process.execPath,
    '-e',
    `const socket = require('node:net').connect(${port}, '${address}', () => {
       const request = Buffer.alloc(8000); request.writeUInt32BE(8000); socket.write(request) })
     socket.on('data', () => { console.log(1); process.exit() }); setTimeout(() => { console.log(0); process.exit() }, 2000)`,
  ])
  return Number(stdout)
}
