import { createPrivateKey, randomBytes, sign } from 'node:crypto'
import { request } from 'undici'
import { fullSizePadding } from '../../common/full-size.ts'
import type { DeepCheck } from '../../common/health.ts'
import type { Sabotaged } from '../../common/sabotage.ts'
import { type SwitchPair, through } from '../../common/switch-pair.ts'
import type { Identity } from '../../enrolment/register.ts'
import { challengeText } from '../../gpki/challenge.ts'

/**
 * Saeol's own view of GPKI: a login's worth of verification, in a request longer than a login's, over a connection
 * of its own. A short ping would pass where the fault of T13 drops full-size packets.
 * @throws when GPKI does not answer, or does not verify what it must
 */
export function gpkiCheck(options: {
  readonly switches: SwitchPair
  readonly probe: Identity
  /** What Saeol shows GPKI. */
  readonly token: string
  readonly sabotaged: Sabotaged
}): DeepCheck {
  if (options.sabotaged('probes-with-short-requests')) return shortCheck(options.switches)
  const { certificateChain, privateKeyPkcs8, id } = options.probe
  const key = createPrivateKey({ key: Buffer.from(privateKeyPkcs8, 'base64'), format: 'der', type: 'pkcs8' })
  return async (signal) => {
    const challenge = { audience: 'saeol', nonce: randomBytes(32).toString('base64url') }
    const signature = sign('sha256', Buffer.from(challengeText(challenge)), {
      key,
      dsaEncoding: 'ieee-p1363',
    })
    const response = await through(
      options.switches,
      () => !signal.aborted,
      (url) =>
        request(`${url}/verify`, {
          method: 'POST',
          signal,
          // Not the pool of the logins: when those wait, the check must still see for itself.
          reset: true,
          headers: {
            'content-type': 'application/json',
            authorization: `Bearer ${options.token}`,
            ...fullSizePadding,
          },
          body: JSON.stringify({ certificateChain, ...challenge, signature: signature.toString('base64') }),
        }),
    )
    const answer = await response.body.text()
    if (response.statusCode !== 200) {
      throw new Error(`GPKI answered ${response.statusCode} to the probe ${id}: ${answer.slice(0, 200)}`)
    }
  }
}

/** What a status page asked in 2023, and it was green. */
function shortCheck(switches: SwitchPair): DeepCheck {
  return async (signal) => {
    const response = await request(`${switches.url()}/health`, { signal, reset: true })
    await response.body.dump()
    if (response.statusCode !== 200) throw new Error(`GPKI answered ${response.statusCode}`)
  }
}
