import { Command } from 'commander'

export const toxiproxyCommand = new Command('toxiproxy')
  .description('the embedded Toxiproxy alone, a drop-in on :8474')
  .helpOption(false)
  .allowUnknownOption()
  .argument('[options...]', 'see --help of the server itself')
  .action(async (args: string[]) => {
    process.argv = [process.argv[0]!, process.argv[1]!, ...args]
    await import('../toxiproxy/server/main.ts')
  })
