import { mockHealthToken } from '../../services/common/config.ts'

/** What whoever watches the network shows a service. */
export const watcher = { headers: { authorization: `Bearer ${mockHealthToken}` } } as const

/** Deep health as whoever watches sees it. */
export function askDeep(url: string): Promise<Response> {
  return fetch(`${url}/health/deep`, watcher)
}
