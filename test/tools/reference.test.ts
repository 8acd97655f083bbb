import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as exported from '../../harness/index.ts'
import { pageFile, referencePage } from '../../tools/reference/page.ts'
import { type Place, place } from '../harness/fixtures/command-line.ts'

let here: Place
beforeAll(() => {
  here = place()
})
afterAll(() => here[Symbol.dispose]())

const page = readFileSync(pageFile, 'utf8')

it('is as the sources say: npm run reference writes it anew', () => {
  expect(page).toBe(referencePage())
})

it('declares all that can be imported, and leaves out every body', () => {
  for (const name of Object.keys(exported))
    expect(page).toMatch(new RegExp(`^(function|const) ${name}\\b`, 'm'))
  for (const type of ['Journey', 'System', 'Scenario', 'CommandService', 'HttpOptions', 'WindowOptions'])
    expect(page).toMatch(new RegExp(`^(interface|type) ${type}\\b`, 'm'))
  expect(page).not.toMatch(/^ {2}return /m)
})

it('is printed with every command and its options', async () => {
  const { code, stdout } = await here.run('reference')
  expect(code).toBe(0)
  expect(stdout.startsWith(page)).toBe(true)
  for (const words of [
    /### `npx saeol-chaos run \[options\]/,
    /`--knob <name>`: which of/,
    /### `npx saeol-chaos clean/,
  ])
    expect(stdout).toMatch(words)
})
