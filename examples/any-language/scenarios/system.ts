import { defineSystem, entrance, link } from 'saeol-chaos'
import { visitor } from './journeys.ts'

export const counting = defineSystem({
  name: 'counting',
  services: {
    counter: {
      kind: 'command',
      argv: ['python3', '-m', 'flask', '--app', 'counter', 'run', '--host', '{host}', '--port', '{port}'],
      env: { PYTHONUNBUFFERED: '1' },
      ready: { path: '/health' },
    },
    redis: {
      kind: 'command',
      argv: ['redis-server', '--bind', '{host}', '--port', '{port}', '--save', '', '--dir', '{scratch}'],
      ready: 'redis',
    },
  },
  links: [link('counter', 'redis', 'REDIS_URL'), entrance('visitor', 'counter')],
  journeys: { module: import.meta.resolve('./journeys.ts'), all: [visitor] },
  measures: {
    'from-memory': {
      summary: 'the counter answers what it last knew when Redis is silent for 200 ms',
      environment: () => ({ counter: { ANSWER_FROM_MEMORY: 'on' } }),
    },
  },
  invariants: {},
})
