import { type Authority, createAuthority, createRoot } from './authority.ts'
import type { Trust } from './trust.ts'

/** The one that is believed, one that was retired below the same root, and one of another root. */
export async function authoritiesOf(seed: string) {
  const root = await createRoot(seed, 'GPKI Mock')
  const [authority, retired, foreign] = await Promise.all([
    createAuthority(seed, 'GPKI Mock', root),
    createAuthority(seed, 'GPKI Mock, retired', root),
    createAuthority(seed, 'Foreign Mock', await createRoot(seed, 'Foreign Mock')),
  ])
  return { authority, retired, foreign }
}

/** What GPKI holds to check certificates of this authority with. */
export function trustIn({ rootCertificate, issuingCertificate }: Authority): Trust {
  return { rootCertificate, issuingCertificate }
}
