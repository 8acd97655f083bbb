import { createLog } from '../../services/common/log.ts'
import { createSwitchPair, type SwitchPair } from '../../services/common/switch-pair.ts'

/** Where there is no second switch. */
export function onlySwitch(first: string): SwitchPair {
  const log = createLog({ SERVICE_NAME: 'test', LOG_LEVEL: 'silent' })
  return createSwitchPair({ service: 'test', first, standby: undefined, measure: undefined, log })
}
