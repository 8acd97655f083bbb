import { z } from 'zod'
import { mockTokenOf } from '../common/callers.ts'
import { capacityVariables } from '../common/capacity.ts'
import { databaseUrl, type Environment, integer, readConfig } from '../common/config.ts'
import { deadlineExtension } from '../measures/deadline-extension.ts'
import { deadlines } from '../measures/deadlines.ts'
import { perSourceQuota } from '../measures/per-source-quota.ts'

/** @throws ConfigurationError with every problem at once */
export function readProcurementConfig(env: Environment) {
  return readConfig(
    'procurement',
    env,
    {
      ...capacityVariables,
      DATABASE_URL: databaseUrl,
      /** Its own pool. † ours: more than it has slots. */
      DATABASE_POOL: integer(1, 1_000).default(8),
      /** Tenders, bidders, and the key that signs receipts: see services/enrolment. */
      PROCUREMENT_FILE: z.string().min(1),
      /** What the hop in front shows, so that it is believed where a request came from. */
      FRONT_TOKEN: z.string().min(8).default(mockTokenOf('front')),
      /** What the situation room shows when it brings an order. */
      ROOM_TOKEN: z.string().min(8).default(mockTokenOf('situation-room')),
      /** A tender of today closes each so many ms, from the first start on. † ours: there is always one that is about to. */
      CLOSES_EVERY_MS: integer(1, 86_400_000).default(250),
      /** Longest wait for the check of /health/deep, in ms. */
      DEEP_CHECK_MS: integer(1, 60_000).default(400),
    },
    { deadlines, perSourceQuota, deadlineExtension },
  )
}
