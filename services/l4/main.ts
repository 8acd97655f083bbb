import { main } from '../common/main.ts'
import { startL4 } from './app.ts'

await main(startL4)
