/** A process with a heartbeat, which it tells its parent of. */
import { watchHeartbeat } from '../../harness/experiment/heartbeat.ts'

watchHeartbeat((forMs) => process.send!(forMs))
process.send!('ready')
setInterval(() => {}, 1000)
