import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { reporterOutput } from '../../../harness/reporters/output.ts'

const tty = { write: () => true, on: () => undefined, isTTY: true, columns: 91 }
const pipe = { write: () => true, on: () => undefined }

describe('colours', () => {
  test.each([
    ['a terminal has them', tty, {}, true],
    ['a pipe has none', pipe, {}, false],
    ['a dumb terminal has none', tty, { TERM: 'dumb' }, false],
    ['NO_COLOR takes them away', tty, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR says nothing', tty, { NO_COLOR: '' }, true],
    ['FORCE_COLOR brings them', pipe, { FORCE_COLOR: '1' }, true],
    ['an empty FORCE_COLOR brings them', pipe, { FORCE_COLOR: '' }, true],
    ['FORCE_COLOR=0 takes them away', tty, { FORCE_COLOR: '0' }, false],
    ['FORCE_COLOR goes before NO_COLOR', pipe, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ])('%s', (_, stream, env, colour) => {
    expect(reporterOutput(stream, env).colour).toBe(colour)
  })
})

describe('live redrawing', () => {
  test.each([
    ['on a terminal', tty, {}, true],
    ['not on a pipe', pipe, {}, false],
    ['not on a pipe with colours', pipe, { FORCE_COLOR: '1' }, false],
    ['not on a dumb terminal', tty, { TERM: 'dumb' }, false],
    ['not where nobody watches', tty, { CI: 'true' }, false],
    ['CI=false is no CI', tty, { CI: 'false' }, true],
    ['CI=0 is no CI', tty, { CI: '0' }, true],
  ])('%s', (_, stream, env, terminal) => {
    expect(reporterOutput(stream, env).terminal).toBe(terminal)
  })
})

test('whoever writes to the terminal besides has every block taken away before', () => {
  const output = reporterOutput(tty, {})
  const cleared: string[] = []
  output.blocked?.(() => cleared.push('one'))
  output.blocked?.(() => cleared.push('another'))
  output.makeRoom()
  expect(cleared).toEqual(['one', 'another'])
})

describe('columns', () => {
  test.each([
    ["a terminal's own", tty, {}, 91],
    ['COLUMNS where the stream has none', pipe, { COLUMNS: '77' }, 77],
    ['80 on a terminal that does not know', { ...tty, columns: 0 }, {}, 80],
    ['110 elsewhere', pipe, { COLUMNS: 'wide' }, 110],
  ])('%s', (_, stream, env, columns) => {
    expect(reporterOutput(stream, env).columns()).toBe(columns)
  })

  test('follow the terminal when it is resized', () => {
    const stream = { ...tty, columns: 90 }
    const output = reporterOutput(stream, {})
    stream.columns = 120
    expect(output.columns()).toBe(120)
  })
})

test('a reader that goes away does not end the run', async () => {
  const module = new URL('../../../harness/reporters/output.ts', import.meta.url)
  const writer = `
    const { reporterOutput } = await import(${JSON.stringify(module.href)})
    const output = reporterOutput(process.stdout, {})
    for (let i = 0; i < 200; i++) {
      output.write('a line of a report\\n'.repeat(100))
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    process.stderr.write('came to its end')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', writer], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await once(child.stdout, 'data')
  child.stdout.destroy()
  const [code] = await once(child, 'close')
  expect(said).toBe('came to its end')
  expect(code).toBe(0)
})
