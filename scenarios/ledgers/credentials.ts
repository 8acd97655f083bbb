import type { InvariantReader } from '../../harness/index.ts'
import { mockCost } from '../../services/enrolment/credential.ts'
import { readPeople } from '../../services/enrolment/people.ts'
import { readRegister } from '../../services/enrolment/register.ts'
import { facts, rows } from './read.ts'

/** NIST SP 800-132, 5.1: at least 128 bits. */
const saltBytes = 16

/** Fallback invariant 9: what is kept of a password does not give it away. */
export const credentialInvariants: Readonly<Record<string, InvariantReader>> = {
  'passwords are kept salted, and nowhere else': async (running) => {
    const { files } = running
    const [{ officials }, people, records] = await Promise.all([
      readRegister(files.register!),
      readPeople(files.people!),
      rows<{ facts: string }>(running, 'select facts::text as facts from audit'),
    ])
    const credentials = officials.flatMap(({ id, credential }) =>
      credential === null ? [] : [{ id, ...credential }],
    )
    const withSalt = Map.groupBy(credentials, ({ salt }) => salt)
    const audit = records.map(({ facts }) => facts).join('\n')
    return facts(
      credentials,
      [
        ...credentials.flatMap(({ id, salt, N }) => [
          ...(withSalt.get(salt)!.length > 1 ? [`${id} shares their salt with others`] : []),
          ...(Buffer.from(salt, 'base64').length < saltBytes ? [`the salt of ${id} is short`] : []),
          ...(N < mockCost.N ? [`a guess at the password of ${id} costs next to nothing (N = ${N})`] : []),
        ]),
        ...[...people.officials, ...people.clerks]
          .filter(({ password }) => audit.includes(password))
          .map(({ id }) => `the password of ${id} is on the audit`),
      ],
      `${credentials.length} credentials on the register, and ${records.length} audit records`,
    )
  },
}
