import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

it('notices that its process was stopped, and for how long', async () => {
  const watched = fork(fileURLToPath(new URL('./heartbeat-child.ts', import.meta.url)))
  const told: number[] = []
  watched.on('message', (message) => {
    if (typeof message === 'number') told.push(message)
  })
  await once(watched, 'message')
  watched.kill('SIGSTOP')
  await sleep(1500)
  watched.kill('SIGCONT')
  while (told.length === 0) await sleep(20)
  watched.kill()
  expect(Math.max(...told)).toBeGreaterThan(1200)
})
