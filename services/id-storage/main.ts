import { main } from '../common/main.ts'
import { startIdStorage } from './app.ts'

await main(startIdStorage)
