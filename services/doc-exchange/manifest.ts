import { createHash } from 'node:crypto'
import { z } from 'zod'

/** The longest document, bytes. † ours: more than a clerk may hand in. */
export const longestBytes = 1_000_000

/** What goes before a document, signed by the exchange that sends it. */
export const manifestSchema = z.strictObject({
  id: z.string().regex(/^[\w.-]{1,100}$/),
  sender: z.string().min(1).max(100),
  receiver: z.string().min(1).max(100),
  caseId: z.string().min(1).max(100),
  /** bytes */
  length: z.number().int().min(0).max(longestBytes),
  /** SHA-256, hexadecimal. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
})

export type Manifest = z.output<typeof manifestSchema>

/** What the signature is of. */
export function manifestSubject(manifest: Manifest) {
  return { action: 'send-document', ...manifest }
}

export function digestOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
