import { connect, type Socket } from 'node:net'
import type { Http, HttpAnswer } from '../../model/journey.ts'
import { heard, silence } from '../answers.ts'
import { addressOf, type Request, requestOf, tellsEmptyBody } from '../request.ts'
import { type Answer, readAnswer } from './answer.ts'

/**
 * The users' HTTP client for one entrance. Each request has a connection of its own and is sent once: see «One rule of
 * replay» in ARCHITECTURE.md. It never throws; a user who gives up closes the connection, as a browser does. Written over
 * sockets because what the generator takes of the CPU is missing in the system.
 */
export function usersHttp(base: string): { http: Http; close(): void } {
  const { scheme, host, basePath } = addressOf(base)
  if (scheme !== 'http')
    throw new Error(`${base}: the built-in driver speaks plain HTTP; k6 (--driver k6) does HTTPS`)
  const { hostname, port } = new URL(base)
  // A socket wants an IPv6 address without its brackets.
  const address = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80), noDelay: true }
  const open = new Set<Socket>()

  const http: Http = async (method, path, options) => {
    const request = requestOf(basePath, method, path, options)
    const socket = connect(address)
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.write(wireOf(request, host))
    return answerOn(socket, method, request.timeoutMs)
  }
  return {
    http,
    close() {
      for (const socket of open) socket.destroy()
    },
  }
}

function wireOf({ method, target, headers, body }: Request, host: string): string {
  let head = `${method} ${target} HTTP/1.1\r\nhost: ${headers.host ?? host}\r\nconnection: close\r\n`
  for (const name in headers) if (name !== 'host') head += `${name}: ${headers[name]}\r\n`
  if (body !== undefined) head += `content-length: ${Buffer.byteLength(body)}\r\n`
  else if (tellsEmptyBody(method)) head += 'content-length: 0\r\n'
  return `${head}\r\n${body ?? ''}`
}

/** Resolves with the answer to the one request on a connection, or why there is none; then the connection is closed. */
function answerOn(socket: Socket, method: string, timeoutMs: number): Promise<HttpAnswer> {
  return new Promise((resolve) => {
    let received: Buffer | undefined
    const end = (answer: HttpAnswer): void => {
      clearTimeout(giveUp)
      resolve(answer)
      socket.destroy()
    }
    const giveUp = setTimeout(() => end(silence('timed-out')), timeoutMs)
    const read = (closed: boolean): void => {
      if (received === undefined) return
      try {
        const answer = readAnswer(received, method, closed)
        if (answer !== undefined) end(heardAs(answer))
      } catch {
        end(silence('not-http'))
      }
    }
    socket.on('data', (bytes) => {
      received = received === undefined ? bytes : Buffer.concat([received, bytes])
      read(false)
    })
    socket.on('end', () => read(true))
    socket.on('error', (error) => end(silence(reason(error))))
    socket.on('close', () => end(silence('reset')))
  })
}

function heardAs({ status, text, headers }: Answer): HttpAnswer {
  return heard(status, text, (name) => headers.get(name))
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
