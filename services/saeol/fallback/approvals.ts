import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { z } from 'zod'
import type { Sabotaged } from '../../common/sabotage.ts'
import type { DutyOfficer } from '../../enrolment/register.ts'
import { canonicalJson } from '../audit/canonical-json.ts'

/** One duty officer's consent to one subject. */
const approvalSchema = z.strictObject({
  officer: z.string().min(1).max(100),
  /** base64; ECDSA P-256 SHA-256 over the canonical JSON of the subject, r and s side by side. */
  signature: z.string().min(1).max(200),
})

/** Of one subject: no more officers than there are sign. */
export const approvalsSchema = z.array(approvalSchema).max(5)

export type Approval = z.output<typeof approvalSchema>

/** Either way it says whose signatures are right. */
export type ApprovalVerdict =
  | { readonly ok: true; readonly officers: readonly string[] }
  | { readonly ok: false; readonly problem: string; readonly officers: readonly string[] }

/**
 * Whether enough different duty officers signed exactly this. One bad signature spoils all: somebody tried
 * something.
 * @param options.required how many different officers, two unless told otherwise
 */
export function verifyApprovals(options: {
  readonly dutyOfficers: readonly DutyOfficer[]
  readonly subject: unknown
  readonly approvals: readonly Approval[]
  readonly required?: number
  readonly sabotaged?: Sabotaged
}): ApprovalVerdict {
  const { sabotaged = () => false } = options
  const required = sabotaged('one-approval') ? 1 : (options.required ?? 2)
  const signed = Buffer.from(canonicalJson(options.subject))
  const officers = new Set<string>()
  const problems: string[] = []
  for (const { officer: id, signature } of options.approvals) {
    const officer = options.dutyOfficers.find((candidate) => candidate.id === id)
    if (officer === undefined) {
      problems.push(`${id} is not a duty officer`)
      continue
    }
    const key = { key: publicKeyOf(officer), dsaEncoding: 'ieee-p1363' as const }
    const isTheirs = verify('sha256', signed, key, Buffer.from(signature, 'base64'))
    if (!isTheirs && !sabotaged('forged-approval')) {
      problems.push(`the signature of ${id} is not of this`)
    } else officers.add(id)
  }
  if (officers.size < required) {
    problems.push(`${required} different duty officers must sign, but ${officers.size} did`)
  }
  const [problem] = problems
  return problem === undefined
    ? { ok: true, officers: [...officers] }
    : { ok: false, problem, officers: [...officers] }
}

const publicKeys = new WeakMap<DutyOfficer, KeyObject>()

function publicKeyOf(officer: DutyOfficer): KeyObject {
  const known = publicKeys.get(officer)
  if (known !== undefined) return known
  const key = createPublicKey({
    key: Buffer.from(officer.publicKeySpki, 'base64'),
    format: 'der',
    type: 'spki',
  })
  publicKeys.set(officer, key)
  return key
}
