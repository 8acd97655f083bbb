import http from 'node:http'

const loopback = ['localhost', '127.0.0.1', '::1']

/**
 * What runs on this machine is never asked by way of a proxy: with NODE_USE_ENV_PROXY Node would send even calls to
 * 127.0.0.1 to the company's, which knows nothing of our services. Other hosts are reached as the environment says, here
 * and in every process that is started from here.
 */
export function loopbackIsDirect(env: NodeJS.ProcessEnv = process.env): void {
  // The name in small letters is the one that is read where both are set.
  const exempt = (env.no_proxy ?? env.NO_PROXY ?? '').split(/[\s,]+/).filter((host) => host !== '')
  if (!exempt.includes('*')) exempt.push(...loopback.filter((host) => !exempt.includes(host)))
  env.no_proxy = env.NO_PROXY = exempt.join(',')
  // `fetch` reads these anew for each call; the agent of `http.get` has read them when Node started.
  const { options } = http.globalAgent as unknown as { options: http.AgentOptions }
  if ('proxyEnv' in options) http.globalAgent = new http.Agent({ ...options, proxyEnv: env })
}
