import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import type { World } from '../world.ts'

/**
 * Whether the server lives once a toxic has met data.
 * @param ends whether this one is known to end
 */
export async function survives(
  { proxy, server, subject, ask }: World,
  body: object,
  ends = subject.asUpstream,
) {
  const { toxic, connect } = await proxy()
  await toxic(body)
  const { client } = await connect()
  client.socket.on('error', () => {})
  client.write('hello world, this is more than one byte')
  if (ends) {
    await expect.poll(() => server.process.exitCode).not.toBeNull()
  } else {
    await delay(300)
    expect(server.process.exitCode).toBeNull()
    await ask(200, 'GET', '/version')
  }
}
