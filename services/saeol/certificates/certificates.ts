import type { Queries } from '../../common/database.ts'
import type { Sabotaged } from '../../common/sabotage.ts'
import type { CertificateKind } from './kinds.ts'

export interface Certificate {
  readonly number: string
  readonly kind: CertificateKind
  readonly residentId: string
  /** The official who issued it. */
  readonly official: string
  readonly issuedAt: Date
  /** The register's data as they were when it was issued. */
  readonly document: unknown
}

export interface Certificates {
  /** The certificate issued under this key, if there is one. */
  find(key: string): Promise<Certificate | undefined>
  /** Issues it, or nothing when one was issued under this key already, by whomever and however closely before. */
  issue(key: string, certificate: Omit<Certificate, 'number'>): Promise<Certificate | undefined>
}

const columns = `number, kind, resident as "residentId", official, issued_at as "issuedAt", document`

/** Every how many certificates the sabotage `forgets-certificates` forgets one. */
const forgottenOneIn = 5

/** @param queries the pool, or the transaction that a document is issued in */
export function createCertificates(queries: Queries, sabotaged: Sabotaged): Certificates {
  let issued = 0
  return {
    async find(key) {
      const [row] = await queries.query<Certificate>(
        `select ${columns} from certificates where idempotency_key = $1 limit 1`,
        [key],
      )
      return row
    },
    async issue(key, certificate) {
      const { kind, residentId, official, issuedAt, document } = certificate
      issued += 1
      if (sabotaged('forgets-certificates') && issued % forgottenOneIn === 0) {
        return { ...certificate, number: `F${issued}` }
      }
      const [row] = await queries.query<Certificate>(
        `insert into certificates (idempotency_key, kind, resident, official, issued_at, document)
         values ($1, $2, $3, $4, $5, $6)
         on conflict do nothing
         returning ${columns}`,
        [key, kind, residentId, official, issuedAt, JSON.stringify(document)],
      )
      return row
    },
  }
}
