import { main } from '../common/main.ts'
import { startCrl } from './app.ts'

await main(startCrl)
