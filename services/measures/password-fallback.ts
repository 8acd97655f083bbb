import { z } from 'zod'
import type { Measure } from './measure.ts'

const ms = (min: number, max: number) => z.number().int().min(min).max(max)

const parameters = z
  .strictObject({
    // The situation room: when to open and when to close.
    /** Probes in a row that must fail at both vantage points before the alarm. † ours: one loss is no outage. */
    consecutiveRed: ms(1, 100).default(2),
    /** Probes in a row that see nothing before the room says that it is blind. † ours: two minutes, scaled. */
    consecutiveBlind: ms(1, 1_000).default(8),
    /** Full-size probes in a row that must pass at both vantage points before recovery counts. † ours. */
    consecutiveGreen: ms(1, 1_000).default(4),
    /**
     * How long both vantage points must have been green without a break before closing, in ms. † ours: the
     * limit of invariant 7 is 60 s, scaled by 60 as the replay is.
     */
    holdDownMs: ms(0, 600_000).default(1_000),
    /** Each opening within this time of the last closing doubles the hold-down, in ms. † ours. */
    flapWindowMs: ms(0, 3_600_000).default(60_000),
    /** The hold-down grows no further than this, in ms. † ours: the 60 s of invariant 7. */
    maxHoldDownMs: ms(0, 600_000).default(60_000),
    /**
     * How long a session of the password login may still be used after the closing, while its holder logs in anew by
     * certificate, in ms. † ours: a minute, scaled; invariant 7. When an opening expires its sessions end with it, as
     * everybody was told when they logged in.
     */
    drainMs: ms(0, 600_000).default(1_000),
    /** How long each of the two duty officers takes to look, decide and sign, in ms. † ours, scaled. */
    reactionMs: ms(0, 600_000).default(100),
    /**
     * How long a desk may say nothing before the next one is rung and asked as well, in ms. † ours: a minute, scaled by 60
     * as the replay is.
     */
    ackWithinMs: ms(10, 600_000).default(1_000),
    /** How long an opening lasts unless it is closed before, in ms. † ours: ten minutes, no replay outlives it. */
    openForMs: ms(100, 86_400_000).default(600_000),

    // Saeol: what it accepts.
    /** The longest opening two officers may sign, in ms. † ours: half a day, then they must look again. */
    maxOpenForMs: ms(100, 86_400_000).default(43_200_000),
    /** An opening counts only if every vantage point saw the fault this recently, in ms. † ours. */
    evidenceMaxAgeMs: ms(100, 3_600_000).default(30_000),
    /** Independent vantage points that must have seen the fault. Invariant 2. */
    vantagePoints: ms(2, 10).default(2),
    /** Attempts at one account from one source at once; afterwards one per `accountRefillMs`. † ours. */
    accountBurst: ms(1, 1_000).default(5),
    accountRefillMs: ms(1, 3_600_000).default(12_000),
    /** Attempts from one source that do not come from the account's own terminal, all accounts together. † ours. */
    sourceBurst: ms(1, 10_000).default(20),
    sourceRefillMs: ms(1, 3_600_000).default(1_000),
    /**
     * Failed attempts from one source that do come from the accounts' own terminals, all accounts together.
     * † ours: a whole office may sit behind one address, and mistypes now and then.
     */
    ownTerminalsBurst: ms(1, 10_000).default(30),
    ownTerminalsRefillMs: ms(1, 3_600_000).default(1_000),
    /** Attempts at one account from its own terminal, from all sources together. † ours. */
    terminalBurst: ms(1, 1_000).default(10),
    terminalRefillMs: ms(1, 3_600_000).default(6_000),
    /**
     * No refusal is answered sooner than this, in ms, so that its reason cannot be told from its time. † ours: the
     * longest turn in an idle lane (52 ms), and twice the work that comes on top.
     */
    refusalMs: ms(0, 10_000).default(100),
    /** GPKI logins tried at once while the password login is open; the rest is told to use it. † ours. */
    gpkiTrials: ms(0, 1_000).default(2),
    /** Longest such trial, in ms. † ours. */
    gpkiTrialMs: ms(10, 60_000).default(500),
    /** Password logins worked on at once, beside Saeol's own workers, and how many may wait. † ours. */
    laneSlots: ms(1, 1_000).default(16),
    laneQueue: ms(0, 100_000).default(200),
    /** Mean of the lane's own work, in ms; the hash comes on top. † ours, as for a GPKI login. */
    laneServiceTimeMs: ms(0, 10_000).default(40),
  })
  .refine(({ openForMs, maxOpenForMs }) => openForMs <= maxOpenForMs, {
    path: ['openForMs'],
    message: 'must not be longer than maxOpenForMs',
  })

export type PasswordFallbackParameters = z.output<typeof parameters>

/**
 * The switch to ID and password (아이디·패스워드 로그인 전환, S0) while GPKI is out: closed until two duty officers
 * open it for a scope and a time, with a second factor that does not need GPKI. Meets the ten fallback-login
 * invariants; each test of them names its number.
 */
export const passwordFallback: Measure<typeof parameters> = {
  name: 'password-fallback',
  title:
    'officials log in by password and authenticator code while GPKI is out, if two duty officers open it',
  parameters,
}
