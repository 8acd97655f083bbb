import { main } from '../common/main.ts'
import { startProcurement } from './app.ts'

await main(startProcurement)
