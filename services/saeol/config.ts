import { z } from 'zod'
import { callerTokens, mockTokenOf, ownToken } from '../common/callers.ts'
import { capacityVariables } from '../common/capacity.ts'
import { databaseUrl, type Environment, integer, linkUrl, readConfig } from '../common/config.ts'
import { circuitBreaker } from '../measures/circuit-breaker.ts'
import { deadlines } from '../measures/deadlines.ts'
import { loadShedding } from '../measures/load-shedding.ts'
import { passwordFallback } from '../measures/password-fallback.ts'
import { retroactiveEntry } from '../measures/retroactive-entry.ts'
import { sessionAdmission } from '../measures/session-admission.ts'
import { standbyL4 } from '../measures/standby-l4.ts'
import { mockAuditKey } from './audit/chain.ts'
import { refusalLimits } from './audit/refusals.ts'

export type SaeolConfig = ReturnType<typeof readSaeolConfig>

/** @throws ConfigurationError with every problem at once */
export function readSaeolConfig(env: Environment) {
  return readConfig(
    'saeol',
    env,
    {
      ...capacityVariables,
      DATABASE_URL: databaseUrl,
      /** Its own pool. † ours: one connection a slot, and a few for what needs none (control, health). */
      DATABASE_POOL: integer(1, 1_000).default(20),
      GPKI_URL: linkUrl,
      /** The second switch in front of GPKI, where there is one. */
      GPKI_STANDBY_URL: linkUrl.optional(),
      RESIDENT_URL: linkUrl,
      /** What servers hold of the people: see services/enrolment. */
      REGISTER_FILE: z.string().min(1),
      /** Where the audit goes while PostgreSQL is away; made when missing. */
      AUDIT_SPOOL_FILE: z.string().min(1),
      /** The spool never grows beyond this; full, what must be audited is refused. † ours: some 4,000 entries. */
      AUDIT_SPOOL_BYTES: integer(0, 1_000_000_000).default(1_000_000),
      /**
       * Refused logins and orders that have a record of their own, in a period (ms), from one source and from all;
       * the others are counted.
       */
      REFUSALS_PER_SOURCE: integer(1, 1_000_000).default(refusalLimits.perSource),
      REFUSALS_IN_ALL: integer(1, 1_000_000).default(refusalLimits.inAll),
      REFUSALS_PERIOD_MS: integer(10, 3_600_000).default(refusalLimits.periodMs),
      /** What the end of the audit's chain is sealed with; not kept in the database. */
      AUDIT_KEY: z.string().min(8).default(mockAuditKey),
      /** Who hands in applications. */
      CALLERS: callerTokens('gov24'),
      /** What the hop in front shows; whoever shows it is believed where a request came from. */
      FRONT_TOKEN: z.string().min(8).default(mockTokenOf('front')),
      /** What the situation room shows: what its officers signed is taken whoever else comes. */
      ROOM_TOKEN: ownToken('situation-room'),
      /** What Saeol shows the systems it calls. */
      OWN_TOKEN: ownToken('saeol'),
      /**
       * How long a session lasts, in ms. † ours: a morning's session scaled down to the seconds of a replay,
       * so that an outage of logins is felt within the scenario.
       */
      SESSION_TTL_MS: integer(1, 86_400_000).default(10_000),
      /** How many sessions may live at once. † ours: more than a replay makes, but where one is about just that. */
      SESSIONS_MAX: integer(1, 10_000_000).default(100_000),
      /** Longest wait for one check of /health/deep, in ms. */
      DEEP_CHECK_MS: integer(1, 60_000).default(400),
    },
    {
      deadlines,
      circuitBreaker,
      loadShedding,
      passwordFallback,
      standbyL4,
      sessionAdmission,
      retroactiveEntry,
    },
  )
}
