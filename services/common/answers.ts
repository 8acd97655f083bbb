import type { DeepCheck } from './health.ts'
import { get } from './node-http.ts'

/** A short look: the other end answers, whatever it can do. A TCP connection alone would not tell. */
export function answers(url: string): DeepCheck {
  return (signal) =>
    new Promise((resolve, reject) => {
      const request = get(`${url}/health`, { agent: false, signal }, (response) => {
        response.resume()
        response.once('error', reject)
        response.once('end', () => {
          if (response.statusCode === 200) resolve()
          else reject(new Error(`it answered ${response.statusCode}`))
        })
      })
      request.once('error', reject)
    })
}
