/** `saeol-chaos toxiproxy` hands its flags to the server as they are, also those that the program knows itself. */
import { expect, it, onTestFinished } from 'vitest'
import { type Place, place } from './fixtures/command-line.ts'

function here(): Place {
  const made = place()
  onTestFinished(() => made[Symbol.dispose]())
  return made
}

it('says in the help of the program where its flags are listed', async () => {
  const { stdout } = await here().run('help', 'toxiproxy')
  expect(stdout).toMatch(/flags +those of the server; .*toxiproxy --help lists them/)
})

it.each<[string, string[], RegExp]>([
  ['--help', ['--help'], /^ +--seed SEED +fixes/m],
  ['--version', ['--version'], /^toxiproxy-server version 2\.12\.0$/m],
  ["Go's spelling", ['-version'], /^toxiproxy-server version 2\.12\.0$/m],
])('%s', async (_, flags, said) => {
  const { code, stdout } = await here().run('toxiproxy', ...flags)
  expect(stdout).toMatch(said)
  expect(code).toBe(0)
})
