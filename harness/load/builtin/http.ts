import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import type { Http, HttpAnswer } from '../../model/journey.ts'
import { defaultTimeoutMs, heard, silence } from '../answers.ts'
import { type Answer, readAnswer } from './answer.ts'

/** How long a connection may have been idle to be used again, ms: less than servers keep theirs (Node: five seconds). */
const keepIdleMs = 4000

/** One of the users' connections: idle, or carrying one request. */
interface Connection {
  readonly socket: Socket
  idleSince: number
  exchange: { readonly method: string; received: Buffer; end(answer: HttpAnswer): void } | undefined
}

/**
 * The users' HTTP client for one entrance: keep-alive connections, as many as there are users waiting. It never throws;
 * a user who gives up closes the connection, as a browser does. Written over sockets because nothing else comes near
 * its cost: a request through undici takes twice the CPU, and what the generator takes is missing in the system.
 */
export function usersHttp(base: string): { http: Http; close(): void } {
  const { hostname, host, port } = new URL(base)
  const open = new Set<Connection>()
  const idle: Connection[] = []

  function newConnection(): Connection {
    const socket = connect({ host: hostname, port: Number(port || 80), noDelay: true })
    const connection: Connection = { socket, idleSince: 0, exchange: undefined }
    open.add(connection)
    socket.on('data', (bytes) => receive(connection, bytes, false))
    socket.on('end', () => receive(connection, Buffer.alloc(0), true))
    socket.on('error', (error) => end(connection, silence(reason(error))))
    socket.on('close', () => {
      end(connection, silence('reset'))
      open.delete(connection)
    })
    return connection
  }

  /** The one that was in use last: the others grow old and are closed by the server. */
  function idleConnection(): Connection | undefined {
    for (;;) {
      const connection = idle.pop()
      if (connection === undefined) return undefined
      if (connection.socket.writable && performance.now() - connection.idleSince < keepIdleMs)
        return connection
      connection.socket.destroy()
    }
  }

  function receive(connection: Connection, bytes: Buffer, closed: boolean): void {
    const { exchange, socket } = connection
    // Nobody has asked: whatever this is, it would be taken for the next answer.
    if (exchange === undefined) return void socket.destroy()
    exchange.received = exchange.received.length === 0 ? bytes : Buffer.concat([exchange.received, bytes])
    let answer: Answer | undefined
    try {
      answer = readAnswer(exchange.received, exchange.method, closed)
    } catch {
      end(connection, silence('not-http'))
      socket.destroy()
      return
    }
    if (answer === undefined) return
    const { status, text, headers } = answer
    end(
      connection,
      heard(status, text, (name) => headers.get(name)),
    )
    if (!answer.staysOpen) return void socket.destroy()
    connection.idleSince = performance.now()
    idle.push(connection)
  }

  function end(connection: Connection, answer: HttpAnswer): void {
    const { exchange } = connection
    connection.exchange = undefined
    exchange?.end(answer)
  }

  const http: Http = (method, path, { json, headers = {}, timeoutMs = defaultTimeoutMs } = {}) => {
    const body = json === undefined ? '' : JSON.stringify(json)
    let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n`
    if (json !== undefined) head += 'content-type: application/json\r\n'
    if (method !== 'GET' && method !== 'HEAD') head += `content-length: ${Buffer.byteLength(body)}\r\n`
    for (const name in headers) head += `${name}: ${headers[name]}\r\n`
    const connection = idleConnection() ?? newConnection()
    return new Promise((resolve) => {
      const giveUp = setTimeout(() => {
        end(connection, silence('timed-out'))
        connection.socket.destroy()
      }, timeoutMs)
      connection.exchange = {
        method,
        received: Buffer.alloc(0),
        end(answer) {
          clearTimeout(giveUp)
          resolve(answer)
        },
      }
      connection.socket.write(`${head}\r\n${body}`)
    })
  }
  return {
    http,
    close() {
      for (const { socket } of open) socket.destroy()
    },
  }
}

/** Why there was no answer, in a word that both drivers use. */
function reason(error: Error): string {
  const { code } = error as NodeJS.ErrnoException
  switch (code) {
    case 'ECONNREFUSED':
      return 'refused'
    case 'ECONNRESET':
    case 'EPIPE':
      return 'reset'
    default:
      return code === undefined ? 'failed' : code.toLowerCase()
  }
}
