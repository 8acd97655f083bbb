import { createPrivateKey, sign } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { readDutyOfficer } from '../enrolment/duty-officer-key.ts'
import { canonicalJson } from '../saeol/audit/canonical-json.ts'

/** What the room asks a desk: to sign this subject, or, without one, whether anybody is there. */
export interface Asked {
  readonly id: number
  readonly subject?: unknown
}

/** A desk's answer, by the name of its officer. */
export interface Answered {
  readonly id: number
  readonly officer: string
  /** base64, where a signature was asked for. */
  readonly signature?: string
}

/**
 * One duty officer at a desk of their own: a process of its own that reads one key, and takes its time for each thing that
 * it is asked. Ends with the room.
 */
const { DESK_FILE = '', REACTION_MS = '0' } = process.env
const { id: officer, privateKeyPkcs8 } = await readDutyOfficer(DESK_FILE)
const key = createPrivateKey({ key: Buffer.from(privateKeyPkcs8, 'base64'), format: 'der', type: 'pkcs8' })

async function answer({ id, subject }: Asked): Promise<void> {
  await sleep(Number(REACTION_MS))
  const answered: Answered = { id, officer, ...(subject !== undefined && { signature: signed(subject) }) }
  if (process.connected) process.send!(answered)
}

function signed(subject: unknown): string {
  const text = Buffer.from(canonicalJson(subject))
  return sign('sha256', text, { key, dsaEncoding: 'ieee-p1363' }).toString('base64')
}

process.send!('here')
process.on('message', (asked: Asked) => void answer(asked))
process.once('disconnect', () => process.exit(0))
// The room is told to stop as a whole process group; a desk goes when the room has gone.
process.on('SIGTERM', () => {})
process.on('SIGINT', () => {})
