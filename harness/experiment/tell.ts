import type { JournalEvent } from '../journal/events.ts'
import type { Plan } from '../model/plan.ts'
import type { ArmRef, Report } from './report.ts'

/** Passes the journal's events to reporters as they happen. Observations are not passed on: `tick` sums them up. */
export function tellOf(report: Report, plan: Plan, ref: ArmRef, event: JournalEvent): void {
  switch (event.kind) {
    case 'arm.started':
      report.armStarted({ plan, arm: event.arm, measures: event.measures, faults: event.faults }, ref)
      break
    case 'arm.ready':
      report.armReady({ tookMs: event.tookMs }, ref)
      break
    case 'act.started':
      report.actStarted(event, ref)
      break
    case 'fault.injected':
      report.faultInjected(event, ref)
      break
    case 'fault.probed':
      report.faultProbed(event, ref)
      break
    case 'fault.reverted':
      report.faultReverted(event, ref)
      break
    case 'action.done':
    case 'action.seen':
    case 'action.failed':
    case 'action.not-due':
      report.operatorActed(event, ref)
      break
    case 'system':
      report.systemEvent(event, ref)
      break
  }
}
