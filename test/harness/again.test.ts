import { Command } from 'commander'
import { expect, it } from 'vitest'
import { called } from '../../harness/called.ts'
import { againWith } from '../../harness/commands/again.ts'
import { setOption, withoutOption } from '../../harness/commands/options.ts'

/** The command to run again, as typed with `argv`. */
async function again(argv: readonly string[], scenarios: readonly string[] = ['17-nov']): Promise<string> {
  const command = new Command('run')
    .argument('[scenario...]')
    .option('--seed <seed>', '', '2023-11-17')
    .option('--out <dir>', '', '.chaos')
    .option('--arm <arms>', '', (typed: string) => typed.split(','))
    .option('--no-faults')
    .option('--ablate', '', false)
    .addOption(withoutOption)
    .addOption(setOption)
  let found = ''
  command.action((_names, _options, self: Command) => {
    found = againWith(self)(scenarios)
  })
  await command.parseAsync(['node', 'chaos', ...argv])
  return found
}

it.each([
  [[], 'run 17-nov --seed 2023-11-17'],
  [['a', 'b', '--seed', 'monday'], 'run 17-nov --seed monday'],
  [['--no-faults', '--ablate'], 'run 17-nov --seed 2023-11-17 --no-faults --ablate'],
  [
    ['--without', 'a', '--without', 'b,c', '--arm', 'control,treated'],
    'run 17-nov --seed 2023-11-17 --arm control,treated --without a,b,c',
  ],
  [['--set', 'x=1', '--set', 'y=2/s'], 'run 17-nov --seed 2023-11-17 --set x=1 --set y=2/s'],
  [['--out', "it's here"], "run 17-nov --seed 2023-11-17 --out 'it'\\''s here'"],
])('%j is run again by %j', async (argv, words) => {
  expect(await again(argv)).toBe(called(words))
})

it('names the scenarios that it is asked for', async () => {
  expect(await again(['a', 'b', 'c'], ['b', 'c'])).toBe(called('run b c --seed 2023-11-17'))
})
