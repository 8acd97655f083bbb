import { main } from '../common/main.ts'
import { startSituationRoom } from './app.ts'

await main(startSituationRoom)
