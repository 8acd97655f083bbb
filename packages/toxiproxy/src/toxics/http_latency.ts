import { defineHttpToxic, MATCH } from './http/http-toxic.ts'

/**
 * Holds back by `latency` ± `jitter` milliseconds what `path` and `method` mean: on the stream `upstream` the requests,
 * on `downstream` their responses. What comes behind on the same connection waits with it.
 */
export const httpLatency = defineHttpToxic({
  type: 'http_latency',
  attributes: { latency: 'integer', jitter: 'integer', ...MATCH },

  judge(_request, { latency, jitter }, { stream, random }) {
    const delayMs = latency + (jitter > 0 ? Math.floor(random() * jitter * 2) - jitter : 0)
    return { how: stream === 'upstream' ? 'delay request' : 'delay response', delayMs }
  },
})
