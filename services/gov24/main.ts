import { main } from '../common/main.ts'
import { startGov24 } from './app.ts'

await main(startGov24)
