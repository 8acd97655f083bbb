import { main } from '../common/main.ts'
import { startFront } from './app.ts'

await main(startFront)
