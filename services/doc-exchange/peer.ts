import { request } from 'undici'
import { z } from 'zod'
import type { Manifest } from './manifest.ts'

/** Longest wait for one answer of the other exchange, in ms. † ours. */
const patienceMs = 2_000

const incomplete = z.object({ bytes: z.number().int().min(0) })

/** What the other exchange says of a document: `bytes` is what it has of one that is not whole. */
export type Answer =
  | { readonly is: 'acknowledged' }
  | { readonly is: 'incomplete'; readonly bytes: number }
  | { readonly is: 'unwanted' }

/** The exchange of the other agency, each request on a connection of its own. */
export interface Peer {
  /** @throws Error when it does not answer, or refuses */
  announce(manifest: Manifest, signature: string): Promise<void>
  /** @throws Error when the connection broke off, or it refuses */
  send(id: string, content: Uint8Array, from: number): Promise<void>
  /** @throws Error when it does not answer */
  complete(id: string): Promise<Answer>
}

/** @param stopped ends what is under way */
export function createPeer(url: string, stopped: AbortSignal): Peer {
  async function ask(method: 'POST' | 'PUT', path: string, body: Uint8Array | string, type: string) {
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(patienceMs)])
    const headers = { 'content-type': type }
    const answer = await request(`${url}${path}`, { method, headers, body, signal, reset: true })
    return { status: answer.statusCode, text: await answer.body.text() }
  }
  const json = (path: string, body: object) => ask('POST', path, JSON.stringify(body), 'application/json')
  const must = ({ status, text }: { status: number; text: string }): void => {
    if (status >= 300) throw new Error(`the other exchange answered ${status}: ${text.slice(0, 200)}`)
  }
  return {
    announce: async (manifest, signature) => must(await json('/transfers', { manifest, signature })),
    send: async (id, content, from) =>
      must(
        await ask('PUT', `/transfers/${id}?from=${from}`, content.subarray(from), 'application/octet-stream'),
      ),
    async complete(id) {
      const { status, text } = await json(`/transfers/${id}/complete`, {})
      if (status === 200) return { is: 'acknowledged' }
      if (status === 409) return { is: 'incomplete', bytes: incomplete.parse(JSON.parse(text)).bytes }
      if (status === 422 || status === 404) return { is: 'unwanted' }
      throw new Error(`the other exchange answered ${status}: ${text.slice(0, 200)}`)
    },
  }
}
