import { z } from 'zod'
import { ownToken } from '../common/callers.ts'
import { type Environment, integer, linkUrl, readConfig } from '../common/config.ts'
import { deadlineExtension } from '../measures/deadline-extension.ts'
import { passwordFallback } from '../measures/password-fallback.ts'
import { segmentTests } from '../measures/segment-tests.ts'
import { situationRoom } from '../measures/situation-room.ts'
import { standbyL4 } from '../measures/standby-l4.ts'

/** The default of WATCH_TOKEN; a secret of the mock network. */
export const mockWatchToken = 'mock-network-only-watch'

export type RoomConfig = ReturnType<typeof readRoomConfig>

/** @throws ConfigurationError with every problem at once */
export function readRoomConfig(env: Environment) {
  return readConfig(
    'situation-room',
    env,
    {
      SAEOL_URL: linkUrl,
      /** The room's own link to the L4 switch in front of GPKI. */
      GPKI_URL: linkUrl,
      /** And to the second switch, where there is one. */
      GPKI_STANDBY_URL: linkUrl.optional(),
      /** The line that bidders come to the procurement system by, where it is watched. */
      PROCUREMENT_URL: linkUrl.optional(),
      /** The room's probe: see services/enrolment. */
      ROOM_FILE: z.string().min(1),
      /** The key of each duty officer, which is read at their desk alone. */
      DESK_1_FILE: z.string().min(1),
      DESK_2_FILE: z.string().min(1),
      DESK_3_FILE: z.string().min(1),
      /** What whoever watches the room shows: its status, its alarms and its desks' bells are not everybody's. */
      WATCH_TOKEN: z.string().min(8).default(mockWatchToken),
      /** What the room shows the systems it calls. */
      OWN_TOKEN: ownToken('situation-room'),
      /** † ours: 15 s scaled by 60, as the replay is. */
      PROBE_INTERVAL_MS: integer(10, 600_000).default(250),
      /** A GPKI that takes longer is red, in ms. † ours: seven times an ordinary verification. */
      PROBE_TIMEOUT_MS: integer(10, 60_000).default(500),
      /**
       * How long an outage still has consequences once everything works and the password login is closed, in ms.
       * † ours: one and a half scaled minutes, the longest that anybody waits at a counter before a receipt is written.
       */
      CONSEQUENCES_MS: integer(0, 3_600_000).default(1_500),
      /** Longest wait for an answer of Saeol, in ms. † ours: above Saeol's own limit for its deep checks. */
      SAEOL_TIMEOUT_MS: integer(10, 60_000).default(1_000),
    },
    { passwordFallback, standbyL4, deadlineExtension, situationRoom, segmentTests },
  )
}
