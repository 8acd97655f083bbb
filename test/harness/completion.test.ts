/** `completion bash` in a real Bash. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Place, place } from './fixtures/command-line.ts'

let here: Place
let script: string
beforeAll(async () => {
  here = place()
  const { code, stdout } = await here.run('completion', 'bash')
  expect(code).toBe(0)
  script = join(here.dir, 'completion.bash')
  writeFileSync(script, stdout)
})
afterAll(() => here[Symbol.dispose]())

/** What Bash offers for the last of these words. */
function offered(...words: readonly string[]): string[] {
  const typed = words.map((word) => `'${word}'`).join(' ')
  const asked = `source ${script}
    COMP_WORDS=(saeol-chaos ${typed}); COMP_CWORD=${words.length}
    _saeol_chaos saeol-chaos '${words.at(-1)}' '${words.at(-2) ?? 'saeol-chaos'}'
    printf '%s\\n' "\${COMPREPLY[@]}"`
  const said = execFileSync('bash', ['--norc', '-uc', asked], { encoding: 'utf8' })
  return said.split('\n').filter((line) => line !== '')
}

it('completes commands', () => {
  expect(offered('env')).toEqual(['envelope'])
  expect(offered('')).toEqual(expect.arrayContaining(['run', 'clean', '--help', '--version']))
})

it('completes the scenarios and the options of a command', () => {
  expect(offered('run', '22-')).toEqual(['22-nov-overload'])
  expect(offered('envelope', '22-nov-overload', '--kn')).toEqual(['--knob'])
  expect(offered('run', '--kn')).toEqual([])
  expect(offered('clean', '22-')).toEqual([])
})

it('completes the values of an option that has choices', () => {
  expect(offered('run', '--runtime', 'p')).toEqual(['processes'])
  expect(offered('compare', '22-nov-overload', '--design', 'one')).toEqual(['one-out', 'one-in'])
})

it('is registered for the command, by way of bashcompinit in zsh, and for no other shell', async () => {
  const registered = execFileSync('bash', ['--norc', '-c', `source ${script}; complete -p saeol-chaos`], {
    encoding: 'utf8',
  })
  expect(registered).toMatch(/-F _saeol_chaos saeol-chaos/)
  expect((await here.run('completion', 'zsh')).stdout).toMatch(
    /^autoload -U \+X bashcompinit && bashcompinit\n/,
  )
  const fish = await here.run('completion', 'fish')
  expect(fish.stderr).toMatch(/Allowed choices are bash, zsh/)
  expect(fish.code).toBe(4)
})
