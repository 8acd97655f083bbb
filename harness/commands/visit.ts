import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { examples } from '../called.ts'
import { BadInput } from '../errors.ts'
import { readJournal } from '../journal/reader.ts'
import { traceIdOf } from '../load/trace.ts'
import { reporterOutput } from '../reporters/output.ts'
import { type HopLine, type ToldVisit, visitView } from '../reporters/visit-view.ts'

export const visitCommand = new Command('visit')
  .description('what became of one visit in every arm, and what each service said of it')
  .argument('<run-dir>', 'such as .chaos/latest')
  .argument('<visit>', "as the run names it: 'official-issues-certificate #74'")
  .option('--json', 'as JSON', false)
  .addHelpText(
    'after',
    examples(["visit .chaos/latest 'official-issues-certificate #74'", 'one that the run says to look at']),
  )
  .action(async (dir: string, visit: string, options: { json: boolean }) => {
    const visits = await visitsOf(dir, namedBy(visit))
    if (visits.length === 0) throw new BadInput([`${dir} has no visit '${visit}'`])
    const output = reporterOutput(process.stdout, process.env)
    output.write(options.json ? `${JSON.stringify(visits, null, 2)}\n` : visitView(visits, output))
  })

interface Named {
  readonly journey: string
  readonly n: number
}

function namedBy(visit: string): Named {
  const [, journey, n] = /^(\S+?)\s*#(\d+)$/.exec(visit.trim()) ?? []
  if (journey === undefined || n === undefined)
    throw new BadInput([
      `'${visit}' names no visit: write it as the run does, 'official-issues-certificate #74'`,
    ])
  return { journey, n: Number(n) }
}

/** Every time that it was carried, in every arm, with what the services' logs say of it. */
async function visitsOf(dir: string, { journey, n }: Named): Promise<ToldVisit[]> {
  const journal = join(dir, 'journal.jsonl')
  if (!existsSync(journal))
    throw new BadInput([`there is no journal at ${journal}: name a run's directory, such as .chaos/latest`])
  const tries = new Map<string, number>()
  const found: (Omit<ToldVisit, 'hops'> & { readonly logs: string })[] = []
  let seed = ''
  let current = { scenario: '', arm: '' }
  let startedAt = 0
  const starts = new Map<string, number>()
  const key = () => `${current.scenario} ${current.arm}`
  await readJournal(journal, (event) => {
    if (event.kind === 'run.started') seed = event.seed
    if (event.kind === 'arm.started' || event.kind === 'arm.turn') {
      current = { scenario: event.scenario, arm: event.arm }
      if (event.kind === 'arm.started') {
        tries.set(key(), (tries.get(key()) ?? 0) + 1)
        starts.delete(key())
      }
      startedAt = starts.get(key()) ?? 0
    }
    if (event.kind === 'act.started' && !starts.has(key())) {
      startedAt = event.at
      starts.set(key(), event.at)
    }
    if (event.kind !== 'observation' || event.journey !== journey || event.n !== n) return
    const attempt = tries.get(key()) ?? 1
    const { stream, due, tookMs, outcome, ok, steps } = event
    found.push({
      ...current,
      attempt,
      trace: traceIdOf(seed, stream, n),
      stream,
      n,
      dueMs: due - startedAt,
      tookMs,
      outcome,
      ok,
      steps,
      logs: join(dir, 'logs', current.scenario, attempt === 1 ? current.arm : `${current.arm}-${attempt}`),
    })
  })
  return found.map(({ logs, ...visit }) => ({ ...visit, hops: hopsIn(logs, visit.trace) }))
}

/** Lines of a trace in the logs of an arm, in the order in which they were written; at the end those without a time. */
function hopsIn(logs: string, trace: string): HopLine[] {
  if (!existsSync(logs)) return []
  return readdirSync(logs)
    .filter((name) => name.endsWith('.log'))
    .flatMap((name) =>
      readFileSync(join(logs, name), 'utf8')
        .split('\n')
        .filter((line) => line.includes(trace))
        .map((line) => hopOf(name.replace(/\.log$/, ''), line)),
    )
    .sort((a, b) => (a.at ?? Infinity) - (b.at ?? Infinity))
}

/** As pino writes it, or with the names that others have for time and message; of any other line the text. */
function hopOf(service: string, line: string): HopLine {
  const said = parsed(line)
  const word = (value: unknown): string | undefined => (value === undefined ? undefined : String(value))
  const time = said.time ?? said.timestamp ?? said.ts
  const at = typeof time === 'number' ? time : Date.parse(String(time))
  return {
    service,
    at: Number.isFinite(at) ? at : undefined,
    asked: [said.method, said.path].flatMap((part) => word(part) ?? []).join(' '),
    status: word(said.status),
    code: word(said.code),
    tookMs: typeof said.tookMs === 'number' ? said.tookMs : undefined,
    said: word(said.msg ?? said.message) ?? line,
  }
}

function parsed(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
