import { verify, X509Certificate } from 'node:crypto'
import { open } from 'node:fs/promises'
import { z } from 'zod'
import { Problem } from '../common/problem.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { Revoked } from './list.ts'

export const reportSchema = z.strictObject({
  /** base64 DER */
  certificate: z.string().min(1).max(10_000),
  /** base64; ECDSA P-256 SHA-256 over the report's text, with the certificate's own key, r and s side by side. */
  signature: z.string().min(1).max(200),
})

/** What a holder signs to have a certificate revoked: canonical JSON. */
export function reportText(serial: string): string {
  return JSON.stringify({ action: 'revoke', serial })
}

export interface RevocationDesk {
  readonly revoked: readonly Revoked[]
  /**
   * Whether the report may be believed.
   * @returns the serial number of the certificate that was lost
   * @throws Problem 400 when it is no certificate, 422 when it is not ours, 401 when it was not signed with its key
   */
  examine(report: z.output<typeof reportSchema>): string
  /** Revokes for good, once however often it is asked; resolves once that is on disk. */
  revoke(serial: string): Promise<Revoked>
  close(): Promise<void>
}

const lineSchema = z.object({ serial: z.string(), at: z.number() })

/**
 * Who holds the key may say that it is lost: whoever found it can do no more harm by saying so.
 * @param options.file one revocation a line, what was reported in earlier lives too
 * @throws when the file cannot be read, or a line of it: a list that lacks somebody must not be signed
 */
export async function openRevocationDesk(options: {
  readonly issuer: X509Certificate
  readonly before: readonly Revoked[]
  readonly file: string
  readonly sabotaged: Sabotaged
  /** Epoch ms. */
  readonly now: () => number
}): Promise<RevocationDesk> {
  const { issuer, sabotaged, now } = options
  const file = await open(options.file, 'a+', 0o600)
  const lines = (await file.readFile('utf8')).split('\n').filter((line) => line !== '')
  const reported = lines.map((line) => lineSchema.parse(JSON.parse(line)))
  const revoked = new Map(options.before.map((one) => [one.serial, one]))
  for (const { serial, at } of reported) revoked.set(serial, { serial, at: new Date(at) })

  return {
    get revoked() {
      return [...revoked.values()]
    },
    examine({ certificate, signature }) {
      const lost = read(certificate)
      if (!lost.checkIssued(issuer) || !lost.verify(issuer.publicKey)) {
        throw new Problem(422, 'unknown-issuer', 'this authority has not issued the certificate')
      }
      const serial = lost.serialNumber
      const key = { key: lost.publicKey, dsaEncoding: 'ieee-p1363' as const }
      const isSigned = verify(
        'sha256',
        Buffer.from(reportText(serial)),
        key,
        Buffer.from(signature, 'base64'),
      )
      if (!isSigned && !sabotaged('revokes-for-anybody')) {
        throw new Problem(401, 'bad-signature', 'the report was not signed with the key of this certificate')
      }
      return serial
    },
    async revoke(serial) {
      const known = revoked.get(serial)
      if (known !== undefined) return known
      const at = new Date(now())
      await file.appendFile(`${JSON.stringify({ serial, at: at.getTime() })}\n`)
      await file.sync()
      revoked.set(serial, { serial, at })
      return { serial, at }
    },
    close: () => file.close(),
  }
}

function read(certificate: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(certificate, 'base64'))
  } catch {
    throw new Problem(400, 'bad-request', 'certificate: cannot be read')
  }
}
