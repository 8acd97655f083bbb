/** The commands that make one network namespace lose packets, and what can be read from their answers. */
export type Command = readonly string[]

/** Several commands as one, up to the first that fails: each costs a start of a process beside the service. */
export function inOneGo(commands: readonly Command[]): Command {
  const quoted = commands.map((command) =>
    command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' '),
  )
  return ['sh', '-c', quoted.join(' && ')]
}

/** The packets that are lost: those of a link's proxy to a service's port, from so many bytes on, headers included. */
export interface LostPackets {
  /** IPv4 addresses of Toxiproxy in the service's network. */
  readonly sources: readonly string[]
  readonly port: number
  readonly minBytes: number
  readonly probability: number
}

/** Largest total length of an IPv4 packet. */
const largestPacketBytes = 65_535
/** Another iptables may hold the lock: it is waited for, in seconds. */
const iptables = ['iptables', '-w', '5'] as const

/** @param chain belongs to this fault alone: removing it undoes everything */
export function loseCommands(
  chain: string,
  { sources, port, minBytes, probability }: LostPackets,
): Command[] {
  return [
    [...iptables, '-N', chain],
    ...sources.map((source) => [
      ...[...iptables, '-A', chain, '-s', source, '-p', 'tcp', '--dport', `${port}`],
      ...['-m', 'length', '--length', `${minBytes}:${largestPacketBytes}`],
      ...['-m', 'statistic', '--mode', 'random', '--probability', `${probability}`],
      ...['-j', 'DROP'],
    ]),
    [...iptables, '-A', 'INPUT', '-j', chain],
  ]
}

export const listCommand: Command = [...iptables, '-S']

/** Undoes whatever is there of it. @param listed what `listCommand` printed */
export function passCommands(chain: string, listed: string): Command[] {
  const lines = listed.split('\n').map((line) => line.trim())
  const jumps = lines.filter((line) => line === `-A INPUT -j ${chain}`)
  const there = lines.includes(`-N ${chain}`)
  return [
    ...jumps.map(() => [...iptables, '-D', 'INPUT', '-j', chain]),
    ...(there
      ? [
          [...iptables, '-F', chain],
          [...iptables, '-X', chain],
        ]
      : []),
  ]
}

export const addressesCommand: Command = ['ip', '-o', '-4', 'addr', 'show', 'scope', 'global']

/** `2: eth0    inet 172.18.0.3/16 brd …` → `172.18.0.3`, of each line. */
export function addressesIn(printed: string): string[] {
  return [...printed.matchAll(/\binet (\d+\.\d+\.\d+\.\d+)/g)].map(([, address]) => address!)
}

export function routeCommand(to: string): Command {
  return ['ip', '-o', '-4', 'route', 'get', to]
}

/** `172.18.0.3 dev eth0 src 172.18.0.5 uid 0` → device and own address on the way there. */
export function routeIn(printed: string): { device: string; address: string } | undefined {
  const device = /\bdev (\S+)/.exec(printed)?.[1]
  const address = /\bsrc (\S+)/.exec(printed)?.[1]
  return device === undefined || address === undefined ? undefined : { device, address }
}

/** Offloads that let a device pass on packets larger than a wire carries, by the names that ethtool prints and takes. */
const offloads: Readonly<Record<string, string>> = {
  'tcp-segmentation-offload': 'tso',
  'generic-segmentation-offload': 'gso',
  'generic-receive-offload': 'gro',
}

export function offloadsCommand(device: string): Command {
  return ['ethtool', '-k', device]
}

/** Those that are on and can be switched. */
export function offloadsIn(printed: string): string[] {
  return printed
    .split('\n')
    .flatMap((line) => /^(\S+): on$/.exec(line.trim())?.[1] ?? [])
    .flatMap((name) => offloads[name] ?? [])
}

/** None when there is nothing to switch. */
export function switchOffloads(device: string, names: readonly string[], to: 'on' | 'off'): Command[] {
  return names.length === 0 ? [] : [['ethtool', '-K', device, ...names.flatMap((name) => [name, to])]]
}
