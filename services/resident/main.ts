import { main } from '../common/main.ts'
import { startResident } from './app.ts'

await main(startResident)
