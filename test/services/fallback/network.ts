import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { leasePorts } from '../../../harness/runtimes/host/ports.ts'
import type { Service } from '../../../services/common/service.ts'
import { startCrl } from '../../../services/crl/app.ts'
import { enrolled } from '../../../services/enrolment/cache.ts'
import { type People, type Person, readPeople } from '../../../services/enrolment/people.ts'
import { startGpki } from '../../../services/gpki/app.ts'
import { startL4 } from '../../../services/l4/app.ts'
import { startResident } from '../../../services/resident/app.ts'
import { startSaeol } from '../../../services/saeol/app.ts'
import { startSituationRoom } from '../../../services/situation-room/app.ts'
import { type Duty, dutyOf, roomFiles } from '../duty.ts'
import { type Link, startLink } from '../link.ts'

/** A line of a service's log. */
export interface Event {
  readonly time: number
  readonly service: string
  readonly event: string
  readonly [fact: string]: unknown
}

/** Saeol, GPKI twice behind the L4 switch, the resident register and the situation room, in this process. */
export interface Network extends AsyncDisposable {
  readonly saeolUrl: string
  readonly databaseUrl: string
  readonly people: People
  readonly room: Duty
  readonly events: readonly Event[]
  readonly links: {
    readonly saeolToL4: Link
    readonly l4ToGpkiA: Link
    readonly l4ToGpkiB: Link
    readonly roomToL4: Link
    readonly roomToSaeol: Link
  }
  /** An active official whom nobody used before: codes are taken once in 30 s. */
  nextOfficial(): Person
  officialOf(office: string): Person
  restartSaeol(): Promise<void>
  startRoom(env?: Readonly<Record<string, string>>): Promise<void>
  stopRoom(): Promise<void>
  count(event: string): number
  /** Waits until it was logged that often. @throws after ten seconds */
  seen(event: string, times?: number): Promise<Event>
}

export const enrolmentOfTests = {
  cacheDir: join(tmpdir(), 'saeol-chaos-test-enrolment'),
  seed: 'tests',
  officials: 120,
  disabled: 2,
  revoked: 2,
  unenrolled: 2,
  offices: 2,
  clerksPerOffice: 2,
  residents: 10,
  bidders: 20,
  tenders: 60,
}

export async function startNetwork(options: {
  readonly databaseUrl: string
  /** Parameters of the measure `password-fallback`; `false` leaves it off. */
  readonly measure?: Readonly<Record<string, unknown>> | false
  readonly sabotage?: string
  readonly saeol?: Readonly<Record<string, string>>
}): Promise<Network> {
  const stack = new AsyncDisposableStack()
  const events: Event[] = []
  const destination = keptIn(events)
  try {
    const files = await enrolled(enrolmentOfTests)
    const [people, room] = await Promise.all([readPeople(files.peopleFile), dutyOf(files)])
    const directory = await mkdtemp(join(tmpdir(), 'saeol-chaos-network-'))
    stack.defer(() => rm(directory, { recursive: true, force: true }))
    const common = {
      PORT: '0',
      REGISTER_FILE: files.registerFile,
      SABOTAGE: options.sabotage ?? '',
      ...measureOf(options.measure),
    }
    const gpki = await startGpkiBehindSwitch({ files, common, directory, destination, stack })
    const resident = stack.use(
      await startResident({ PORT: '0', DATABASE_URL: options.databaseUrl, RESIDENTS: '10' }, destination),
    )
    // Leased: it has the same one again when it is started again.
    const lease = stack.use(await leasePorts(1))
    const saeolEnv = {
      ...common,
      PORT: String(lease.ports[0]),
      DATABASE_URL: options.databaseUrl,
      GPKI_URL: gpki.saeolToL4.url,
      RESIDENT_URL: resident.url,
      AUDIT_SPOOL_FILE: join(directory, 'audit-spool.jsonl'),
      SESSION_TTL_MS: '60000',
      ...options.saeol,
    }
    let saeol = await startSaeol(saeolEnv, destination)
    stack.defer(() => saeol[Symbol.asyncDispose]())
    const roomToSaeol = stack.use(await startLink(saeol.url))
    const links = { ...gpki, roomToSaeol }
    let situationRoom: Service | undefined
    stack.defer(async () => situationRoom?.[Symbol.asyncDispose]())
    const unused = unusedOf(people)

    const all = stack.move()
    return {
      saeolUrl: saeol.url,
      databaseUrl: options.databaseUrl,
      people,
      room,
      events,
      links,
      ...unused,
      async restartSaeol() {
        await saeol[Symbol.asyncDispose]()
        saeol = await startSaeol(saeolEnv, destination)
      },
      async startRoom(env = {}) {
        situationRoom = await startSituationRoom(
          {
            ...common,
            SAEOL_URL: links.roomToSaeol.url,
            GPKI_URL: links.roomToL4.url,
            ...roomFiles(files),
            PROBE_INTERVAL_MS: '100',
            PROBE_TIMEOUT_MS: '300',
            ...env,
          },
          destination,
        )
      },
      async stopRoom() {
        await situationRoom?.[Symbol.asyncDispose]()
        situationRoom = undefined
      },
      ...listenerTo(events),
      [Symbol.asyncDispose]: () => all.disposeAsync(),
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

/** GPKI twice behind the L4 switch, with the list of revoked certificates, and the links to and within. */
async function startGpkiBehindSwitch(parts: {
  readonly files: Awaited<ReturnType<typeof enrolled>>
  readonly common: Readonly<Record<string, string>>
  readonly directory: string
  readonly destination: { write(line: string): void }
  readonly stack: AsyncDisposableStack
}) {
  const { files, common, directory, destination, stack } = parts
  const link = async (target: string) => stack.use(await startLink(target))
  const crl = stack.use(
    await startCrl(
      {
        PORT: '0',
        ISSUER_FILE: files.issuerFile,
        REVOCATIONS_FILE: join(directory, 'revocations.jsonl'),
      },
      destination,
    ),
  )
  const ofGpki = { ...common, TRUST_FILE: files.trustFile, CRL_URL: crl.url }
  const gpkiA = stack.use(await startGpki({ ...ofGpki, SERVICE_NAME: 'gpki-a' }, destination))
  const gpkiB = stack.use(await startGpki({ ...ofGpki, SERVICE_NAME: 'gpki-b' }, destination))
  const [l4ToGpkiA, l4ToGpkiB] = [await link(gpkiA.url), await link(gpkiB.url)]
  const l4 = stack.use(
    await startL4(
      { PORT: '0', ADMIN_PORT: '0', GPKI_A_URL: l4ToGpkiA.url, GPKI_B_URL: l4ToGpkiB.url },
      destination,
    ),
  )
  const [saeolToL4, roomToL4] = [await link(l4.entranceUrl), await link(l4.entranceUrl)]
  return { saeolToL4, roomToL4, l4ToGpkiA, l4ToGpkiB }
}

function listenerTo(events: readonly Event[]): Pick<Network, 'count' | 'seen'> {
  return {
    count: (event) => events.filter((line) => line.event === event).length,
    async seen(event, times = 1) {
      for (let waited = 0; waited < 10_000; waited += 20) {
        const found = events.filter((line) => line.event === event)
        const last = found[times - 1]
        if (last !== undefined) return last
        await sleep(20)
      }
      throw new Error(`'${event}' was not logged ${times} times within 10 s`)
    },
  }
}

/** Active officials, each of whom is had once. */
function unusedOf(people: People): Pick<Network, 'nextOfficial' | 'officialOf'> {
  const unused = people.officials.filter(({ status }) => status === 'active')
  const officialOf = (office: string) => {
    const index = unused.findIndex((official) => official.office === office)
    const [official] = index < 0 ? [] : unused.splice(index, 1)
    if (official === undefined) throw new Error(`no official of ${office} is left; enrol more`)
    return official
  }
  return { nextOfficial: () => officialOf(unused[0]?.office ?? ''), officialOf }
}

/** Where services log to. */
function keptIn(events: Event[]): { write(line: string): void } {
  return {
    write(line) {
      const parsed = JSON.parse(line) as Event
      if (parsed.event !== undefined) events.push(parsed)
    },
  }
}

function measureOf(parameters: Readonly<Record<string, unknown>> | false = {}): Record<string, string> {
  return parameters === false ? {} : { MEASURE_PASSWORD_FALLBACK: JSON.stringify(parameters) }
}
