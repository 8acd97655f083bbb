import { main } from '../common/main.ts'
import { startMobileId } from './app.ts'

await main(startMobileId)
