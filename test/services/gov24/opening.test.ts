import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { expect, test } from 'vitest'
import { createDownstream } from '../../../services/common/downstream.ts'
import { createLog } from '../../../services/common/log.ts'
import { watchSystems } from '../../../services/gov24/monitor.ts'
import { openingRouter } from '../../../services/gov24/opening-router.ts'
import { backend, startPortal, until } from './portal.ts'

const opening = async (url: string) => (await fetch(`${url}/health/open`)).status

test('the portal opens once it has seen everything that it watches up, and stays open when something falls', async () => {
  await using portal = await startPortal()
  await until(async () => (await opening(portal.url)) === 200)
  portal.saeol.mood.health = 503
  await until(async () => (await portal.list()).some(({ state }) => state === 'degraded'))
  expect(await opening(portal.url)).toBe(200)
})

test('a system has been up once two probes in a row saw it so', async () => {
  const log = createLog({ LOG_LEVEL: 'silent', SERVICE_NAME: 'gov24' })
  await using system = await backend(() => ({}))
  system.mood.health = 503
  const link = createDownstream({ link: 'gov24→saeol', url: system.url, clientTimeoutMs: 500, log })
  const monitor = watchSystems({
    links: { saeol: link },
    intervalMs: 10,
    timeoutMs: 500,
    healthToken: 'a-token',
    event: 'portal.backend',
    log,
  })
  try {
    await until(async () => monitor.states.saeol === 'degraded')
    expect(monitor.haveAllBeenUp()).toBe(false)
    system.mood.health = 200
    await until(async () => monitor.haveAllBeenUp())
  } finally {
    await monitor.stop()
    await link.close()
  }
})

test('not before, but after a while all the same: it may start amid an outage', async () => {
  await using portal = await startPortal({ PROBE_INTERVAL_MS: '60000' })
  expect(await opening(portal.url)).toBe(503)

  let now = 0
  const server = createServer(
    express().use(
      openingRouter(
        () => false,
        () => now,
      ),
    ),
  ).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    now = 4_999
    expect(await opening(url)).toBe(503)
    now = 5_000
    expect(await opening(url)).toBe(200)
  } finally {
    server.close()
  }
})
