import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { expect, test } from 'vitest'
import { openingRouter } from '../../../services/gov24/opening-router.ts'
import { startPortal, until } from './portal.ts'

const opening = async (url: string) => (await fetch(`${url}/health/open`)).status

test('the portal opens once it has seen everything that it watches up, and stays open when something falls', async () => {
  await using portal = await startPortal()
  await until(async () => (await opening(portal.url)) === 200)
  portal.saeol.mood.health = 503
  await until(async () => (await portal.list()).some(({ state }) => state === 'degraded'))
  expect(await opening(portal.url)).toBe(200)
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
