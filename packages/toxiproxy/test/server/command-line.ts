import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

export const MAIN = fileURLToPath(new URL('../../bin/toxiproxy.js', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The command line of this server, until it ends. */
export async function run(...args: string[]): Promise<Ended> {
  return runTool(process.execPath, MAIN, ...args)
}

export async function runTool(command: string, ...args: string[]): Promise<Ended> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (text) => {
    stdout += text
  })
  child.stderr.on('data', (text) => {
    stderr += text
  })
  const [code] = await once(child, 'close')
  return { code, stdout, stderr }
}

/** @returns the URL of the API of a server that runs until the test ends */
export async function serve(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(child.stdout, 'data')
  return /http:\S+/.exec(`${line}`)![0]
}

export async function configFile(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'toxiproxy-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'proxies.json')
  await writeFile(path, text)
  return path
}
