import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { enrolled } from '../../../services/enrolment/cache.ts'
import { startIdStorage } from '../../../services/id-storage/app.ts'
import { mockStorageOperatorToken } from '../../../services/id-storage/config.ts'
import { startIdVerifier } from '../../../services/id-verifier/app.ts'
import { startMobileId } from '../../../services/mobile-id/app.ts'
import type { BookedId } from '../../../services/mobile-id/book.ts'
import { mockIssuerOperatorToken } from '../../../services/mobile-id/config.ts'
import { type MobileId, showingSubject } from '../../../services/mobile-id/document.ts'
import { createSigner } from '../../../services/saeol/ledger/papers.ts'
import { startSimpleAuth } from '../../../services/simple-auth/app.ts'
import { standIn } from '../common/stand-in.ts'
import { enrolmentOfTests } from '../fallback/network.ts'
import { approve, type Citizen } from '../gov24/citizen.ts'
import { send } from '../network.ts'

const quiet = { PORT: '0', LOG_LEVEL: 'silent', SERVICE_TIME_MS: '0' }

/** The keys of a phone. */
export interface Phone {
  readonly holderKeySpki: string
  readonly privateKeyPkcs8: string
}

export function newPhone(): Phone {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    holderKeySpki: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    privateKeyPkcs8: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
  }
}

/** Issuer, storage and verifier, with a real provider and a register that knows everybody. */
export async function startOffice(env: Record<string, string> = {}) {
  const files = await enrolled(enrolmentOfTests)
  const directory = await mkdtemp(join(tmpdir(), 'saeol-chaos-mobile-id-'))
  const lookedUp: string[] = []
  const register = await standIn((request, response) => {
    const id = String(request.url?.split('/').at(-1))
    lookedUp.push(`${request.headers['x-requester']} ${id}`)
    response.end(JSON.stringify({ id, name: '이영진' }))
  })
  const provider = await startSimpleAuth({ ...quiet, PHONES_FILE: files.phonesFile })
  const storageEnv = { ...quiet, STORAGE_FILE: join(directory, 'stored.jsonl') }
  const storage = await startIdStorage({ ...storageEnv, SABOTAGE: env.SABOTAGE ?? '' })
  const issuerEnv = {
    ...quiet,
    ISSUER_FILE: files.idIssuerFile,
    BOOK_FILE: join(directory, 'book.jsonl'),
    RESIDENT_URL: register.url,
    SIMPLE_AUTH_URL: provider.url,
    ID_STORAGE_URL: storage.url,
    ...env,
  }
  const issuer = await startMobileId(issuerEnv)
  const verifier = await startIdVerifier({ ...quiet, VERIFIER_FILE: files.idVerifierFile })
  const operator = (token: string) => ({ authorization: `Bearer ${token}` })
  const ids = async (url: string, token: string) =>
    ((await (await fetch(`${url}/ids`, { headers: operator(token) })).json()) as { ids: unknown[] }).ids
  const approved = async (citizen: Citizen, audience = 'mobile-id') =>
    approve(citizen, String((await send(`${issuer.url}/challenge`, {})).body.nonce), audience)

  return {
    issuer,
    storage,
    verifier,
    issuerEnv,
    storageEnv,
    lookedUp,
    approved,
    async apply(citizen: Citizen, phone: Phone, more: Record<string, unknown> = {}) {
      const login = await approved(citizen)
      const body = { ...login, about: citizen.residentId, holderKeySpki: phone.holderKeySpki, ...more }
      return send(`${issuer.url}/ids`, body)
    },
    async reportLost(citizen: Citizen) {
      return send(`${issuer.url}/ids/lost`, await approved(citizen))
    },
    /** At the verifier, by this phone. */
    async show(id: MobileId, { privateKeyPkcs8 }: Pick<Phone, 'privateKeyPkcs8'>, nonce?: string) {
      const own = nonce ?? String((await send(`${verifier.url}/challenge`, {})).body.nonce)
      const proof = createSigner(privateKeyPkcs8)(showingSubject({ nonce: own, number: id.number }))
      return send(`${verifier.url}/verifications`, { id, nonce: own, proof })
    },
    book: async () => (await ids(issuer.url, mockIssuerOperatorToken)) as BookedId[],
    stored: async () => (await ids(storage.url, mockStorageOperatorToken)) as MobileId[],
    async turnIssuerAway(on: boolean) {
      await fetch(`${storage.url}/switches/wrong-access-list`, {
        method: 'PATCH',
        headers: { ...operator(mockStorageOperatorToken), 'content-type': 'application/json' },
        body: JSON.stringify({ on }),
      })
    },
    async [Symbol.asyncDispose]() {
      for (const one of [issuer, verifier, storage, provider, register]) await one[Symbol.asyncDispose]()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
