/** What an official's terminal computes, with WebCrypto alone: it runs under every load driver. */

const keys = new Map<string, ReturnType<typeof crypto.subtle.importKey>>()

/** Signs a nonce with the official's key: ECDSA P-256 over SHA-256, r‖s in base64. */
export async function sign(privateKeyPkcs8: string, nonce: string): Promise<string> {
  let key = keys.get(privateKeyPkcs8)
  if (key === undefined) {
    key = crypto.subtle.importKey(
      'pkcs8',
      fromBase64(privateKeyPkcs8),
      { name: 'ECDSA', namedCurve: 'P-256' },
      false,
      ['sign'],
    )
    keys.set(privateKeyPkcs8, key)
  }
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, await key, utf8(nonce))
  return toBase64(new Uint8Array(signature))
}

/** What a citizen's phone makes of a text with the secret it has: HMAC-SHA-256, in base64. */
export async function vouch(secretBase64: string, text: string): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', fromBase64(secretBase64), algorithm, false, ['sign'])
  return toBase64(new Uint8Array(await crypto.subtle.sign('HMAC', key, utf8(text))))
}

/** The authenticator's code at a time (epoch ms): TOTP, RFC 6238, with SHA-1, 6 digits and 30 s. */
export async function totp(secretBase32: string, atMs: number): Promise<string> {
  const counter = new Uint8Array(8)
  new DataView(counter.buffer).setUint32(4, Math.floor(atMs / 30_000))
  const key = await crypto.subtle.importKey(
    'raw',
    fromBase32(secretBase32),
    { name: 'HMAC', hash: 'SHA-1' },
    false,
    ['sign'],
  )
  const mac = new DataView(await crypto.subtle.sign('HMAC', key, counter))
  const code = mac.getUint32(mac.getUint8(19) & 15) & 0x7fffffff
  return String(code % 1_000_000).padStart(6, '0')
}

/**
 * The serial number of a certificate (DER), in upper-case hexadecimal: the second element of what is signed, after the
 * version. Lengths of 128 and more take the bytes that their first byte says.
 */
export function serialOf(certificate: Uint8Array): string {
  const contentAt = (at: number): number =>
    at + 2 + (certificate[at + 1]! < 0x80 ? 0 : certificate[at + 1]! & 0x7f)
  const version = contentAt(contentAt(0))
  const serial = version + 2 + certificate[version + 1]!
  const bytes = certificate.subarray(serial + 2, serial + 2 + certificate[serial + 1]!)
  return [...bytes]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase()
}

const base64Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const base32Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

// k6 has neither atob nor TextEncoder in every version: these few lines are the same everywhere.
function fromAlphabet(text: string, alphabet: string, bits: number): Uint8Array<ArrayBuffer> {
  const clean = text.replace(/=+$/, '')
  const bytes = new Uint8Array(Math.floor((clean.length * bits) / 8))
  let buffer = 0
  let held = 0
  let at = 0
  for (const character of clean) {
    buffer = ((buffer << bits) | alphabet.indexOf(character)) & 0xffff
    held += bits
    if (held >= 8) {
      held -= 8
      bytes[at++] = (buffer >> held) & 0xff
    }
  }
  return bytes
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return fromAlphabet(text, base64Alphabet, 6)
}

function fromBase32(text: string): Uint8Array<ArrayBuffer> {
  return fromAlphabet(text, base32Alphabet, 5)
}

export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b, c] = [bytes[i]!, bytes[i + 1], bytes[i + 2]]
    const word = (a << 16) | ((b ?? 0) << 8) | (c ?? 0)
    text += base64Alphabet[(word >> 18) & 63]! + base64Alphabet[(word >> 12) & 63]!
    text += b === undefined ? '=' : base64Alphabet[(word >> 6) & 63]!
    text += c === undefined ? '=' : base64Alphabet[word & 63]!
  }
  return text
}

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}
