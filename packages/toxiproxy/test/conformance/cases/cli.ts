import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import type { Area, Case } from '../case.ts'
import { findTool } from '../subjects.ts'
import type { World } from '../world.ts'

const CLI = findTool('TOXIPROXY_CLI', 'toxiproxy-cli')
const COLOURS = /\u001b\[[\d;]*m/g

type Run = (...args: string[]) => Promise<string>

function cliCase(name: string, run: (cli: Run, world: World) => Promise<void>): Case {
  return {
    name,
    async run(world) {
      const cli: Run = async (...args) => {
        const { stdout } = await promisify(execFile)(CLI!, ['--host', world.server.url, ...args])
        return stdout.replace(COLOURS, '')
      }
      await run(cli, world)
    },
  }
}

const cases: readonly Case[] = [
  cliCase('creates, lists, inspects, toggles and deletes a proxy', async (cli, { isUp, ask }) => {
    expect(await cli('create', '-l', '127.0.0.1:0', '-u', '127.0.0.1:1', 'a')).toContain(
      'Created new proxy a',
    )
    const { listen } = (await ask(200, 'GET', '/proxies/a')).json
    expect(await cli('list')).toMatch(
      new RegExp(`^a\\s+${listen}\\s+127\\.0\\.0\\.1:1\\s+enabled\\s+0$`, 'm'),
    )
    expect(await cli('toggle', 'a')).toContain('is now disabled')
    expect(await isUp(listen)).toBe(false)
    expect(await cli('toggle', 'a')).toContain('is now enabled')
    expect(await isUp(listen)).toBe(true)
    expect(await cli('delete', 'a')).toContain('Deleted proxy a')
    expect(await cli('list')).toBe('')
  }),
  cliCase('adds, updates and removes a toxic', async (cli, { proxy, ask }) => {
    const { name, path } = await proxy()
    const add = ['toxic', 'add', '-t', 'latency', '-n', 'slow', '-a', 'latency=100', '-a', 'jitter=50']
    expect(await cli(...add, '--toxicity', '0.5', '--upstream', name)).toContain(
      'Added upstream latency toxic',
    )
    const inspected = await cli('inspect', name)
    expect(inspected).toMatch(
      /^slow\s+type=latency\s+stream=upstream\s+toxicity=0\.50\s+attributes=\[\s*jitter=50\s+latency=100\s*\]/,
    )
    expect(await cli('toxic', 'update', '-n', 'slow', '-a', 'jitter=25', '--toxicity', '1', name)).toContain(
      'Updated toxic',
    )
    const { json } = await ask(200, 'GET', `${path}/toxics/slow`)
    expect([json.toxicity, json.attributes]).toEqual([1, { latency: 100, jitter: 25 }])
    expect(await cli('toxic', 'remove', '-n', 'slow', name)).toContain('Removed toxic')
    expect((await ask(200, 'GET', `${path}/toxics`)).text).toBe('[]')
  }),
  cliCase('shows the words of an error', async (cli, { proxy }) => {
    const { name, listen } = await proxy()
    await expect(cli('inspect', 'none')).rejects.toThrow('proxy not found')
    await expect(cli('create', '-l', listen, '-u', '127.0.0.1:1', 'b')).rejects.toThrow(
      'address already in use',
    )
    await expect(cli('create', '-l', listen, '-u', '127.0.0.1:1', name)).rejects.toThrow(
      'proxy already exists',
    )
    await expect(cli('toxic', 'add', '-t', 'none', name)).rejects.toThrow('invalid toxic type')
    await expect(cli('toxic', 'remove', '-n', 'none', name)).rejects.toThrow('toxic not found')
  }),
]

export const cli: Area = {
  area: 'toxiproxy-cli',
  cases,
  ...(CLI === undefined && { missing: 'there is no toxiproxy-cli on PATH and TOXIPROXY_CLI is not set' }),
}
