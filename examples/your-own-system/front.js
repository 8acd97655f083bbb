// What buyers see: how many are left, which it asks the stock service.
import { createServer } from 'node:http'

const { HOST = '127.0.0.1', PORT = '3000', STOCK_URL = 'http://127.0.0.1:3001', LAST_KNOWN } = process.env

// The measure under test: a stock service that is silent is not waited for, the last known answer is given instead.
const patienceMs = LAST_KNOWN === 'on' ? 200 : 10_000
let lastKnown

async function stock() {
  try {
    const answer = await fetch(`${STOCK_URL}/stock`, { signal: AbortSignal.timeout(patienceMs) })
    lastKnown = await answer.text()
    return lastKnown
  } catch {
    return LAST_KNOWN === 'on' ? lastKnown : undefined
  }
}

createServer(async (request, response) => {
  if (request.url === '/health') return response.end('ok')
  const known = await stock()
  response.writeHead(known === undefined ? 503 : 200).end(known)
}).listen(Number(PORT), HOST)
