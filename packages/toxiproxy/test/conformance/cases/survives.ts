import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import type { World } from '../world.ts'

export async function survives({ proxy, server, subject, ask }: World, body: object) {
  const { toxic, connect } = await proxy()
  await toxic(body)
  const { client } = await connect()
  client.socket.on('error', () => {})
  client.write('hello world, this is more than one byte')
  if (subject.asUpstream) {
    await expect.poll(() => server.process.exitCode).not.toBeNull()
  } else {
    await delay(300)
    expect(server.process.exitCode).toBeNull()
    await ask(200, 'GET', '/version')
  }
}
