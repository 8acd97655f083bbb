import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { pkcs8Base64, seededKeys, spkiBase64 } from './seeded.ts'

const bidder = z.object({
  id: z.string(),
  /** base64; what they sign their bids with. */
  publicKeySpki: z.string(),
})

/** When a tender closes: the day before, in the course of the replay, or the day after. */
export const closingDays = ['yesterday', 'today', 'tomorrow'] as const

const tender = z.object({
  id: z.string(),
  day: z.enum(closingDays),
  /** base64; what bids are sealed with. The contracting officer holds the other half until the opening. */
  openingKeySpki: z.string(),
})

const officeSchema = z.object({
  bidders: z.array(bidder),
  /** In the order in which they close. */
  tenders: z.array(tender),
  /** Who may move closing times, two together. */
  dutyOfficers: z.array(z.object({ id: z.string(), publicKeySpki: z.string() })),
  /** base64; what it signs receipts with. */
  receiptKeyPkcs8: z.string(),
})

/** What the procurement system holds: no key that opens a bid. */
export type ProcurementOffice = z.output<typeof officeSchema>

/** @throws when the file cannot be read or is not what enrolment writes */
export async function readProcurementOffice(file: string): Promise<ProcurementOffice> {
  return officeSchema.parse(JSON.parse(await readFile(file, 'utf8')))
}

const tenderSchema = z.object({
  id: z.string(),
  day: z.enum(closingDays),
  /** base64; opens what was sealed for this tender, and for no other. */
  openingKeyPkcs8: z.string(),
})

/** What bidders and contracting officers hold. */
export const procurementPeopleSchema = z.object({
  bidders: z.array(z.object({ id: z.string(), privateKeyPkcs8: z.string() })),
  tenders: z.array(tenderSchema),
  /** base64; receipts are checked with it. */
  receiptKeySpki: z.string(),
})

type ProcurementPeople = z.output<typeof procurementPeopleSchema>

/** Tenders that closed the day before, and as many that close the day after. */
const onOtherDays = 10

/** Bidders, tenders and their keys, from the seed alone. @param sizes.tenders that close in the course of the replay */
export async function enrolProcurement(
  seed: string,
  sizes: { readonly bidders: number; readonly tenders: number },
): Promise<{
  readonly people: ProcurementPeople
  readonly office: Omit<ProcurementOffice, 'dutyOfficers'>
}> {
  const named = (kind: string, count: number) =>
    Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const id = `${kind}-${String(index + 1).padStart(4, '0')}`
        return { id, keys: await seededKeys(seed, id) }
      }),
    )
  const [bidders, tenders, receiptKeys] = await Promise.all([
    named('bidder', sizes.bidders),
    named('tender', onOtherDays + sizes.tenders + onOtherDays),
    seededKeys(seed, 'procurement receipts'),
  ])
  const dayOf = (index: number): (typeof closingDays)[number] => {
    if (index < onOtherDays) return 'yesterday'
    return index < onOtherDays + sizes.tenders ? 'today' : 'tomorrow'
  }
  return {
    people: {
      bidders: bidders.map(({ id, keys }) => ({ id, privateKeyPkcs8: pkcs8Base64(keys) })),
      tenders: tenders.map(({ id, keys }, index) => ({
        id,
        day: dayOf(index),
        openingKeyPkcs8: pkcs8Base64(keys),
      })),
      receiptKeySpki: await spkiBase64(receiptKeys),
    },
    office: {
      bidders: await Promise.all(
        bidders.map(async ({ id, keys }) => ({ id, publicKeySpki: await spkiBase64(keys) })),
      ),
      tenders: await Promise.all(
        tenders.map(async ({ id, keys }, index) => ({
          id,
          day: dayOf(index),
          openingKeySpki: await spkiBase64(keys),
        })),
      ),
      receiptKeyPkcs8: pkcs8Base64(receiptKeys),
    },
  }
}
