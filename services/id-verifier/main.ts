import { main } from '../common/main.ts'
import { startIdVerifier } from './app.ts'

await main(startIdVerifier)
