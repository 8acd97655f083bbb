import { createPrivateKey, randomBytes, sign } from 'node:crypto'
import { fullSizePadding } from '../../common/full-size.ts'
import type { Sabotaged } from '../../common/sabotage.ts'
import { type SwitchPair, through } from '../../common/switch-pair.ts'
import type { Identity } from '../../enrolment/register.ts'
import { challengeText } from '../../gpki/challenge.ts'
import { ask } from './ask.ts'
import { lateness, stoodStill } from './own-clock.ts'
import type { Reading } from './reading.ts'

/**
 * The room's own look at GPKI: a signed verification longer than an official's, through its own link to the
 * switch. In 2023 what was short passed and what was full-size was lost (T13).
 */
export function createGpkiProbe(options: {
  readonly switches: SwitchPair
  readonly identity: Identity
  /** What the room shows GPKI. */
  readonly token: string
  readonly timeoutMs: number
  readonly sabotaged?: Sabotaged
}): () => Promise<Reading> {
  const { switches, sabotaged = () => false } = options
  const headers = { authorization: `Bearer ${options.token}`, ...fullSizePadding }
  const { certificateChain, privateKeyPkcs8 } = options.identity
  const key = createPrivateKey({ key: Buffer.from(privateKeyPkcs8, 'base64'), format: 'der', type: 'pkcs8' })
  return async () => {
    const at = Date.now()
    const startedAt = performance.now()
    const reading = (colour: Reading['colour'], error: string): Reading => ({
      colour,
      at,
      tookMs: Math.round(performance.now() - startedAt),
      error,
    })
    const challenge = { audience: 'situation-room', nonce: randomBytes(32).toString('base64url') }
    const signature = sign('sha256', Buffer.from(challengeText(challenge)), {
      key,
      dsaEncoding: 'ieee-p1363',
    })
    const body = { certificateChain, ...challenge, signature: signature.toString('base64') }
    const signal = AbortSignal.timeout(options.timeoutMs)
    try {
      const answer = await through(
        switches,
        () => !signal.aborted,
        (url) =>
          sabotaged('probes-with-short-requests')
            ? ask(`${url}/health`, { method: 'GET', signal })
            : ask(`${url}/verify`, { method: 'POST', body, headers, signal }),
      )
      if (answer.status === 200) return reading('green', '')
      return reading('red', `GPKI answered ${answer.status}: ${answer.body.slice(0, 200)}`)
    } catch (error) {
      const lateMs = lateness(startedAt, options.timeoutMs)
      if (signal.aborted && lateMs > 0) return reading('blind', stoodStill(lateMs))
      return reading('red', (error as Error).message)
    }
  }
}
