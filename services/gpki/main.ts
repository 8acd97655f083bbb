import { main } from '../common/main.ts'
import { startGpki } from './app.ts'

await main(startGpki)
