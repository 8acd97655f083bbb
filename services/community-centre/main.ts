import { main } from '../common/main.ts'
import { startCommunityCentre } from './app.ts'

await main(startCommunityCentre)
