import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Command } from 'commander'
import { called } from '../called.ts'

export const toxiproxyCommand = new Command('toxiproxy')
  .description('the embedded Toxiproxy alone, a drop-in on :8474')
  .allowUnknownOption()
  .passThroughOptions()
  .argument('[flags...]', `those of the server; ${called('toxiproxy --help')} lists them`)
  .action(async (args: string[]) => {
    const executable = createRequire(import.meta.url).resolve('@saeol-chaos/toxiproxy/bin')
    process.argv = [process.argv[0]!, executable, ...args]
    await import(pathToFileURL(executable).href)
  })
