import { HarnessError, messageOf } from '../errors.ts'
import type { Report } from '../experiment/report.ts'
import type { Reporter } from './reporter.ts'

type Hook = keyof Report

/**
 * Passes each call to all reporters, in their order. One that throws stops neither the run nor the others: its first
 * error is printed, and it is still called, so that an error while drawing does not cost the report at the end.
 * `runEnded` is different, because there the report is written: it rejects if a reporter failed, after all were called.
 */
export function reportTo(
  reporters: readonly Reporter[],
  note: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
): Report {
  const noted = new Set<Reporter>()
  const unwritten: string[] = []
  const failed = (reporter: Reporter, hook: Hook, thrown: unknown): void => {
    if (hook === 'runEnded') {
      unwritten.push(`reporter '${reporter.name}': ${messageOf(thrown)}`)
      return
    }
    if (noted.has(reporter)) return
    noted.add(reporter)
    note(`reporter '${reporter.name}' failed at ${hook}, the run goes on: ${messageOf(thrown)}`)
  }

  const call = async <H extends Hook>(
    reporter: Reporter,
    hook: H,
    args: Parameters<NonNullable<Reporter[H]>>,
  ): Promise<void> => {
    try {
      // With `this`, for reporters that are classes. The cast saves a switch over all hooks.
      await (reporter[hook] as ((...args: unknown[]) => void | Promise<void>) | undefined)?.apply(
        reporter,
        args,
      )
    } catch (thrown) {
      failed(reporter, hook, thrown)
    }
  }

  const toAll =
    <H extends Exclude<Hook, 'runEnded'>>(hook: H) =>
    (...args: Parameters<NonNullable<Reporter[H]>>): void => {
      for (const reporter of reporters) void call(reporter, hook, args)
    }

  return {
    runStarted: toAll('runStarted'),
    armStarted: toAll('armStarted'),
    armReady: toAll('armReady'),
    actStarted: toAll('actStarted'),
    faultInjected: toAll('faultInjected'),
    faultProbed: toAll('faultProbed'),
    faultReverted: toAll('faultReverted'),
    operatorActed: toAll('operatorActed'),
    systemEvent: toAll('systemEvent'),
    tick: toAll('tick'),
    progress: toAll('progress'),
    note: toAll('note'),
    armEnded: toAll('armEnded'),
    scenarioEnded: toAll('scenarioEnded'),
    // One after the other: files are complete before the console names the run's directory.
    runEnded: async (...args) => {
      for (const reporter of reporters) await call(reporter, 'runEnded', args)
      if (unwritten.length > 0) throw new HarnessError(`a report is missing: ${unwritten.join('; ')}`)
    },
  }
}
