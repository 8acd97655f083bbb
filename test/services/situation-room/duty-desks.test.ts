import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createLog } from '../../../services/common/log.ts'
import { type EnrolledFiles, enrolled } from '../../../services/enrolment/cache.ts'
import { readRegister } from '../../../services/enrolment/register.ts'
import { verifyApprovals } from '../../../services/saeol/fallback/approvals.ts'
import { type Desk, startDesk } from '../../../services/situation-room/desk.ts'
import { createDutyDesks } from '../../../services/situation-room/duty-desks.ts'
import { enrolmentOfTests } from '../fallback/network.ts'

let files: EnrolledFiles
let desks: Desk[] = []
let events: Record<string, unknown>[] = []

beforeAll(async () => {
  files = await enrolled(enrolmentOfTests)
})

afterEach(async () => {
  await Promise.all(desks.map((desk) => desk[Symbol.asyncDispose]()))
})

/** Desks of these files, one after the other. */
function deskRow(
  keys: readonly string[],
  { reactionMs = 20, ackWithinMs = 300 }: { reactionMs?: number; ackWithinMs?: number } = {},
) {
  events = []
  const log = createLog(
    { SERVICE_NAME: 'test', LOG_LEVEL: 'info' },
    { write: (line) => events.push(JSON.parse(line) as Record<string, unknown>) },
  )
  desks = keys.map((file, at) => startDesk({ number: at + 1, file, reactionMs, log }))
  return createDutyDesks({ desks, ackWithinMs, log })
}

/** They are processes: each takes a moment until it hears. */
async function arrived(): Promise<void> {
  await Promise.all(desks.map(({ manned }) => manned))
}

const seen = (event: string) => events.filter((line) => line.event === event)
const never = new AbortController().signal
const subject = { action: 'open-fallback', reason: 'a test' }
const three = () => [files.desk1File, files.desk2File, files.desk3File]

describe('the desks of the duty officers', () => {
  it('sign one after the other, each with a key of their own', async () => {
    const duty = deskRow(three(), { reactionMs: 100, ackWithinMs: 5_000 })
    await arrived()
    const began = performance.now()
    const approvals = await duty.sign(subject, 2, never)
    expect(performance.now() - began).toBeGreaterThanOrEqual(200)
    const { dutyOfficers } = await readRegister(files.registerFile)
    expect(verifyApprovals({ dutyOfficers, subject, approvals })).toEqual({
      ok: true,
      officers: ['duty-officer-1', 'duty-officer-2'],
    })
    expect(seen('desk.silent')).toEqual([])
  })

  it('have the third sign where one of them is muted', async () => {
    const duty = deskRow(three())
    await arrived()
    desks[0]!.muted = true
    const approvals = await duty.sign(subject, 2, never)
    expect(approvals.map(({ officer }) => officer)).toEqual(['duty-officer-2', 'duty-officer-3'])
    expect(seen('desk.silent')).toMatchObject([{ desk: 1, next: 2 }])
  })

  it('take the signature of one who is slow, though others were asked after them', async () => {
    const duty = deskRow(three(), { reactionMs: 500, ackWithinMs: 150 })
    await arrived()
    const approvals = await duty.sign(subject, 2, never)
    expect(approvals.map(({ officer }) => officer)).toEqual(['duty-officer-1', 'duty-officer-2'])
  })

  it('do not sign for each other', async () => {
    const duty = deskRow(three(), { ackWithinMs: 30 })
    await arrived()
    desks[0]!.muted = true
    desks[1]!.muted = true
    await expect(duty.sign(subject, 2, never)).rejects.toThrow('2 duty officers must sign, but 1 did')
  })

  it('acknowledge an alarm, at the first desk where somebody is there', async () => {
    const duty = deskRow(three())
    await arrived()
    await duty.ring('gpki', never)
    expect(seen('alarm.acknowledged')).toMatchObject([{ alarm: 'gpki', officer: 'duty-officer-1' }])
    expect(seen('alarm.escalated')).toEqual([])
  })

  it('have an alarm go on to the next desk that nobody acknowledges in time', async () => {
    const duty = deskRow(three())
    await arrived()
    desks[0]!.muted = true
    const began = performance.now()
    await duty.ring('gpki', never)
    expect(performance.now() - began).toBeGreaterThanOrEqual(300)
    expect(seen('alarm.escalated')).toMatchObject([{ alarm: 'gpki', desk: 1, next: 2 }])
    expect(seen('alarm.acknowledged')).toMatchObject([{ alarm: 'gpki', officer: 'duty-officer-2' }])
  })

  it('are rung again from the first while nobody is there, and no more once the alarm is over', async () => {
    const duty = deskRow(three(), { ackWithinMs: 20 })
    await arrived()
    for (const desk of desks) desk.muted = true
    const over = new AbortController()
    const ringing = duty.ring('gpki', over.signal)
    await expect.poll(() => seen('alarm.escalated').length).toBeGreaterThan(3)
    expect(seen('alarm.escalated').slice(0, 4)).toMatchObject([
      { desk: 1, next: 2 },
      { desk: 2, next: 3 },
      { desk: 3, next: 1 },
      { desk: 1, next: 2 },
    ])
    over.abort()
    await ringing
    const rung = events.length
    await sleep(100)
    expect(events).toHaveLength(rung)
  })

  it('are told of when one dies, which the others do not share', async () => {
    const nowhere = await mkdtemp(join(tmpdir(), 'no-desk-'))
    await rm(nowhere, { recursive: true })
    const duty = deskRow([join(nowhere, 'desk.json'), files.desk2File, files.desk3File])
    await expect.poll(() => seen('desk.gone')).toMatchObject([{ desk: 1, code: 1 }])
    await duty.ring('gpki', never)
    expect(seen('alarm.acknowledged')).toMatchObject([{ officer: 'duty-officer-2' }])
  })
})
