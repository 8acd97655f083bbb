import { z } from 'zod'
import { callerTokens, type SystemName, systemNames } from '../common/callers.ts'
import { capacityVariables } from '../common/capacity.ts'
import { type Environment, readConfig } from '../common/config.ts'
import { deadlines } from '../measures/deadlines.ts'

/** A secret of the mock network. */
export const mockStorageOperatorToken = 'mock-network-only-id-storage-operator'

/** Defects that an update may bring. */
export const idStorageSwitches = ['wrong-access-list'] as const

/** @throws ConfigurationError with every problem at once */
export function readIdStorageConfig(env: Environment) {
  return readConfig(
    'id-storage',
    env,
    {
      ...capacityVariables,
      /** Where it keeps IDs. */
      STORAGE_FILE: z.string().min(1),
      /** By what systems are known. */
      CALLERS: callerTokens('mobile-id'),
      /** Which of them may have something kept, a comma list: to be known is not enough. */
      ACCESS_LIST: z
        .string()
        .default('mobile-id')
        .transform((text, context): SystemName[] => {
          const read = z.array(z.enum(systemNames)).safeParse(text.split(',').map((name) => name.trim()))
          if (read.success) return read.data
          context.addIssue(`must be a comma list of ${systemNames.join(', ')}`)
          return z.NEVER
        }),
      /** What operators and reconcilers show. */
      OPERATOR_TOKEN: z.string().min(8).default(mockStorageOperatorToken),
    },
    { deadlines },
  )
}
