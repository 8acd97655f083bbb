import { main } from '../common/main.ts'
import { startDocExchange } from './app.ts'

await main(startDocExchange)
