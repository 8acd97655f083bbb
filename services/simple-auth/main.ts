import { main } from '../common/main.ts'
import { startSimpleAuth } from './app.ts'

await main(startSimpleAuth)
