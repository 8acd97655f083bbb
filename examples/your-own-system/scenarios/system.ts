import { defineSystem, entrance, link } from 'saeol-chaos'
import { buyer } from './journeys.ts'

const node = { kind: 'node' as const, ports: { main: 'PORT' }, health: { path: '/health' } }

export const shop = defineSystem({
  name: 'shop',
  services: {
    front: { ...node, module: import.meta.resolve('../front.js') },
    stock: { ...node, module: import.meta.resolve('../stock.js') },
  },
  links: [link('front', 'stock', 'STOCK_URL'), entrance('buyer', 'front')],
  journeys: { module: import.meta.resolve('./journeys.ts'), all: [buyer] },
  measures: {
    'last-known': {
      summary: 'the front answers what it last knew when the stock is silent',
      environment: () => ({ front: { LAST_KNOWN: 'on' } }),
    },
  },
  invariants: {},
})
