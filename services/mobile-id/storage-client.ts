import type { Budget } from '../common/budget.ts'
import type { Downstream } from '../common/downstream.ts'
import { DownstreamError } from '../common/downstream-error.ts'
import { Problem } from '../common/problem.ts'
import type { MobileId } from './document.ts'

/** The storage that keeps every ID that counts. */
export interface StorageClient {
  /** The same again does no harm. @throws Problem, DownstreamError where it does not keep it */
  keep(id: MobileId, limit: Budget): Promise<void>
  /** It counts no more. @throws Problem, DownstreamError where it is there still */
  remove(number: string, limit: Budget): Promise<void>
}

/** @param token what the issuer shows it */
export function createStorageClient(storage: Downstream, token: string): StorageClient {
  const headers = { authorization: `Bearer ${token}` }
  async function ask(path: string, body: unknown, limit: Budget): Promise<void> {
    const { status } = await storage.call({ method: 'POST', path, headers, body }, limit)
    if (status >= 300)
      throw new Problem(
        status === 422 ? 502 : 503,
        status === 403 ? 'storage-refuses' : 'storage-unavailable',
        `the storage of IDs answered ${status}`,
      )
  }
  return {
    keep: (id, limit) => ask('/ids', id, limit),
    remove: (number, limit) => ask(`/ids/${number}/removal`, {}, limit),
  }
}

/** The storage did not answer, or does not take it now. */
export function isOutOfReach(error: unknown): boolean {
  if (error instanceof Problem) return error.status === 503
  return error instanceof DownstreamError && error.kind !== 'abandoned'
}
