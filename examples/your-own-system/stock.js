// Knows how many are left. It has never heard of saeol-chaos.
import { createServer } from 'node:http'

const { HOST = '127.0.0.1', PORT = '3001' } = process.env

createServer((request, response) => {
  response.end(request.url === '/health' ? 'ok' : '{"left":12}')
}).listen(Number(PORT), HOST)
