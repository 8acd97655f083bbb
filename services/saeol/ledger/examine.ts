import type { Sabotaged } from '../../common/sabotage.ts'
import type { Register } from '../../enrolment/register.ts'
import { createSignatureCheck, receiptSubject, type SignatureCheck, verificationSubject } from './papers.ts'
import type { EntryProblem, PaperReceipt } from './retroactive-entries.ts'

/** What is wrong with an entry by itself: with who makes it, who verified it, and the paper it is made from. */
export type Examine = (receipt: PaperReceipt, officialId: string) => EntryProblem[]

/** @param options.now epoch ms */
export function createExamine(options: {
  readonly register: Register
  readonly sabotaged: Sabotaged
  readonly now: () => number
}): Examine {
  const { register, sabotaged, now } = options
  const active = new Map(
    register.officials.filter(({ status }) => status === 'active').map((official) => [official.id, official]),
  )
  const counterKeys = new Map(register.counters.map(({ office, publicKeySpki }) => [office, publicKeySpki]))
  const checks = new Map<string, SignatureCheck>()

  function isSigned(publicKeySpki: string | undefined, subject: unknown, signature: string): boolean {
    if (publicKeySpki === undefined) return false
    const check = checks.get(publicKeySpki) ?? createSignatureCheck(publicKeySpki)
    checks.set(publicKeySpki, check)
    return check(subject, signature)
  }

  function isOfThisOffice(person: string, { office }: PaperReceipt): boolean {
    return active.get(person)?.office === office
  }

  function isVerified(receipt: PaperReceipt): boolean {
    if (sabotaged('verifier-not-checked')) return true
    const key = active.get(receipt.verifier)?.publicKeySpki
    return isSigned(key, verificationSubject(receipt), receipt.verifierSignature)
  }

  function isInTheBook(receipt: PaperReceipt): boolean {
    if (sabotaged('any-number')) return true
    return isSigned(counterKeys.get(receipt.office), receiptSubject(receipt), receipt.seal)
  }

  return (receipt, officialId) => {
    const { clerk, verifier } = receipt
    const found: [EntryProblem, boolean][] = [
      ['four-eyes', clerk === verifier],
      ['not-of-this-office', !isOfThisOffice(clerk, receipt) || !isOfThisOffice(verifier, receipt)],
      ['not-your-entry', officialId !== clerk],
      ['not-verified', !isVerified(receipt)],
      ['not-in-the-book', !isInTheBook(receipt)],
      ['in-the-future', !sabotaged('accepts-future') && receipt.receivedOn.getTime() > now()],
    ]
    return found.filter(([, isWrong]) => isWrong).map(([problem]) => problem)
  }
}
