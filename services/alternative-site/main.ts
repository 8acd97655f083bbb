import { main } from '../common/main.ts'
import { startAlternativeSite } from './app.ts'

await main(startAlternativeSite)
