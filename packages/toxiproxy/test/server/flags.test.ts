import { describe, expect, test } from 'vitest'
import { findTool, subjects } from '../conformance/subjects.ts'
import { configFile, run, runTool, serve } from './command-line.ts'

const config = () => configFile('[{"name":"a","listen":"127.0.0.1:0","upstream":"127.0.0.1:1"}]')

describe("Go's spelling of flags", () => {
  test.each([
    ['one dash', (path: string) => ['-host', '127.0.0.1', '-port', '0', '-seed', '7', '-config', path]],
    ['an equals sign', (path: string) => ['-host=127.0.0.1', '--port=0', '-seed=7', `-config=${path}`]],
    ['two dashes', (path: string) => ['--host', '127.0.0.1', '--port', '0', '--config', path]],
  ])('%s', async (_, args) => {
    const url = await serve(...args(await config()))
    expect(Object.keys((await (await fetch(`${url}/proxies`)).json()) as object)).toEqual(['a'])
  })

  test('booleans take a value behind an equals sign', async () => {
    const off = await serve('-port=0', '-proxy-metrics=false', '-runtime-metrics=false')
    expect((await fetch(`${off}/metrics`)).status).toBe(404)
    const on = await serve('-port=0', '-proxy-metrics=true', '-runtime-metrics')
    expect((await fetch(`${on}/metrics`)).status).toBe(200)
    expect(await run('-proxy-metrics=maybe')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('-proxy-metrics takes true or false, not "maybe"'),
    })
  })

  test('what is no flag, lacks its value or stands by itself is told in words', async () => {
    expect(await run('--prot', '1')).toMatchObject({ code: 2, stderr: expect.stringContaining('--prot') })
    expect(await run('-port')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('-port needs a value'),
    })
    expect(await run('8474')).toMatchObject({ code: 2, stderr: expect.stringContaining('"8474"') })
  })
})

describe('--version', () => {
  test('begins with the line that upstream prints, which tools read', async () => {
    for (const flag of ['-version', '--version']) {
      const { code, stdout } = await run(flag)
      expect(code).toBe(0)
      expect(stdout).toMatch(/^toxiproxy-server version 2\.12\.0\n@saeol-chaos\/toxiproxy \d+\.\d+\.\d+\n$/)
    }
    expect((await run('-strict', '-version')).stdout).toBe('toxiproxy-server version 2.12.0\n')
  })

  const real = findTool('TOXIPROXY_SERVER', 'toxiproxy-server')
  const { missing } = subjects.find((subject) => subject.real)!
  const why = real === undefined ? ` (skipped, because ${missing})` : ''
  test.skipIf(real === undefined)(`in strict mode it is all that the real one prints${why}`, async () => {
    expect((await run('-strict', '-version')).stdout).toBe((await runTool(real!, '-version')).stdout)
  })
})

test.each(['-h', '-help', '--help'])('%s shows the flags and what they mean', async (flag) => {
  const { code, stdout } = await run(flag)
  expect(code).toBe(0)
  const flags = ['host', 'port', 'config', 'seed', 'proxy-metrics', 'runtime-metrics', 'strict', 'version']
  for (const flag of flags) expect(stdout).toMatch(new RegExp(`^ +--${flag}\\b.* \\S`, 'm'))
})
