import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { expect, test } from 'vitest'
import { type Accepted, accept, acceptInto, Intake, refuse } from '../../src/intake.ts'

const options = { allowHalfOpen: true, noDelay: true, pauseOnConnect: true }

test.each([
  ['takes the handles', (server: Server) => server],
  // As of a Node that shows none.
  [
    'takes the sockets of a server without handles',
    (server: Server) => Object.create(server, hidden) as Server,
  ],
])('%s: reads, answers, and refuses', async (_what, shown) => {
  await using server = createServer(options)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted: Accepted[] = []
  accept(
    shown(server),
    (connection) => accepted.push(connection),
    (error) => expect.fail(error.message),
  )
  const dial = () => connect((server.address() as AddressInfo).port, '127.0.0.1')

  const client = dial()
  client.write('asked')
  await expect.poll(() => accepted.length).toBe(1)
  const intake = new Intake(false)
  const socket = acceptInto(intake, accepted[0]!)
  const received = new Promise<string>((resolve) => {
    intake.receive = (data) => resolve(`${data}`)
  })
  socket.resume()
  expect(await received).toBe('asked')
  socket.end('answered')
  const [answer] = await once(client, 'data')
  expect(`${answer}`).toBe('answered')
  client.end()
  await once(socket, 'close')

  const unwanted = dial()
  unwanted.on('error', () => {})
  unwanted.resume()
  await expect.poll(() => accepted.length).toBe(2)
  refuse(accepted[1]!)
  await once(unwanted, 'close')
})

const hidden = { _handle: { value: undefined } }
