import { missedAlarm } from './16-nov-missed-alarm.ts'
import { routerPort } from './16-nov-router-port.ts'
import { cascade } from './17-nov-cascade.ts'
import { centreLine } from './17-nov-centre-line.ts'
import { gpkiStall } from './17-nov-gpki-stall.ts'
import { l4Flaps } from './17-nov-l4-flaps.ts'
import { revocationServiceDead } from './17-nov-revocation-service-dead.ts'
import { sessionStoreFull } from './17-nov-session-store-full.ts'
import { wrongDiagnosis } from './18-nov-wrong-diagnosis.ts'
import { recoverySurge } from './20-nov-recovery-surge.ts'
import { overload } from './22-nov-overload.ts'
import { bidFlood } from './23-nov-bid-flood.ts'
import { mobileId } from './24-nov-mobile-id.ts'
import { november } from './november.ts'
import { swappedDocuments } from './swapped-documents.ts'
import { truncatedDocuments } from './truncated-documents.ts'

/** Every scenario; a new one is one file and one line here. */
export const scenarios = [
  missedAlarm,
  routerPort,
  cascade,
  centreLine,
  gpkiStall,
  revocationServiceDead,
  l4Flaps,
  sessionStoreFull,
  wrongDiagnosis,
  recoverySurge,
  overload,
  bidFlood,
  mobileId,
  swappedDocuments,
  truncatedDocuments,
  november,
]

/** What `run` takes when none is named: the gate of a merge. */
export const gate = [gpkiStall, overload].map(({ name }) => name)
