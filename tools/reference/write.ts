import { writeFileSync } from 'node:fs'
import { pageFile, referencePage } from './page.ts'

writeFileSync(pageFile, referencePage())
