import { GenericContainer, type StartedTestContainer, type WaitStrategy } from 'testcontainers'

/** A container of a topology, before it is started. */
export interface ContainerSpec {
  readonly image: string
  /** Unique on the engine. */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** The network it is in, and its name there; or the container whose network it shares. */
  readonly network: { readonly id: string; readonly alias: string } | { readonly of: string }
  /** Names that need no question, and their addresses. */
  readonly hosts?: Readonly<Record<string, string>>
  readonly entrypoint?: readonly string[]
  readonly command: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** Container port → port on 127.0.0.1. */
  readonly published?: ReadonlyMap<number, number>
  /** Copied in before the start, for every user to read. */
  readonly files?: readonly { readonly source: string; readonly target: string }[]
  /** Copied in with its modes. */
  readonly directories?: readonly { readonly source: string; readonly target: string }[]
  /** The image's own user when left away. */
  readonly user?: string
  readonly privileges?: 'none' | 'network-administrator' | "the engine's default"
}

/** Readiness is the runtime's own business, service by service: nothing is waited for here. */
const waitsForNothing: WaitStrategy = {
  waitUntilReady: async () => {},
  withStartupTimeout: () => waitsForNothing,
  isStartupTimeoutSet: () => true,
  getStartupTimeout: () => 0,
}

/** What Testcontainers has no words for: names within the network, ports on loopback alone, no health check of the image. */
class TopologyContainer extends GenericContainer {
  constructor(spec: ContainerSpec) {
    super(spec.image)
    this.withName(spec.name)
      .withLabels({ ...spec.labels })
      .withEnvironment({ ...spec.environment })
      .withCommand([...spec.command])
      .withCopyFilesToContainer((spec.files ?? []).map((file) => ({ ...file, mode: 0o444 })))
      .withCopyDirectoriesToContainer([...(spec.directories ?? [])])
      .withWaitStrategy(waitsForNothing)
      // The runtime's supervisor reaps: it needs no image of its own, and leaves no container of its own for a while.
      .withAutoCleanup(false)
    if (spec.entrypoint !== undefined) this.withEntrypoint([...spec.entrypoint])
    if (spec.user !== undefined) this.withUser(spec.user)
    if ('of' in spec.network) this.withNetworkMode(`container:${spec.network.of}`)
    else {
      this.withNetworkMode(spec.network.id)
      const { id, alias } = spec.network
      this.createOpts.NetworkingConfig = { EndpointsConfig: { [id]: { Aliases: [alias] } } }
      // A name without a dot is never asked for outside: one inside that is away is missed at once.
      this.hostConfig.DnsOptions = ['ndots:1']
      this.hostConfig.ExtraHosts = Object.entries(spec.hosts ?? {}).map(([name, at]) => `${name}:${at}`)
    }
    // The runtime checks health itself; nine more health checks a second would cost CPU time.
    this.createOpts.Healthcheck = { Test: ['NONE'] }
    const ports = [...(spec.published ?? [])].map(([inside, outside]) => [`${inside}/tcp`, outside] as const)
    this.createOpts.ExposedPorts = Object.fromEntries(ports.map(([inside]) => [inside, {}]))
    this.hostConfig.PortBindings = Object.fromEntries(
      ports.map(([inside, outside]) => [inside, [{ HostIp: '127.0.0.1', HostPort: String(outside) }]]),
    )
    if (spec.privileges === 'none') this.withDroppedCapabilities('ALL').withSecurityOpt('no-new-privileges')
    if (spec.privileges === 'network-administrator') this.withAddedCapabilities('NET_ADMIN')
  }
}

/** Creates and starts a container. @throws in the engine's words. */
export function startContainer(spec: ContainerSpec): Promise<StartedTestContainer> {
  return new TopologyContainer(spec).start()
}
