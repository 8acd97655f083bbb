import { main } from '../common/main.ts'
import { startSaeol } from './app.ts'

await main(startSaeol)
