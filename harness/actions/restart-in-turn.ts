import { z } from 'zod'
import type { ActionSpec, ActionTimes, WrittenAction } from '../model/action.ts'
import type { ActionContext, ActionKind } from './action-kind.ts'

/**
 * Services are stopped and started again one after the other, each once the one before it is ready.
 * @example restartInTurn(['gpki-a', 'gpki-b'], { at: '2s', measure: 'rolling-restart' })
 */
export function restartInTurn(services: readonly string[], times: ActionTimes = {}): WrittenAction {
  return {
    action: 'restart-in-turn',
    id: times.id ?? `restart ${services.join(', ')} in turn`,
    params: { services },
    times,
  }
}

const params = z.strictObject({ services: z.array(z.string().min(1)).min(1, 'name the services') })

export const restartInTurnKind: ActionKind = {
  name: 'restart-in-turn',
  summary: 'stops and starts services one after the other',
  needs: ['kill'],
  problems(spec, { system }) {
    const { error, data } = params.safeParse(spec.params)
    if (error) return error.issues.map(({ path, message }) => [...path, message].join(': '))
    return data.services
      .filter((name) => system.services[name] === undefined)
      .map((name) => `it restarts '${name}', which is not up in this scenario`)
  },
  async do(spec, context) {
    const before = await livesOf(spec, context)
    context.memory.set(spec.id, before)
    const { control } = context.topology
    for (const service of before.keys()) {
      await control!.stop(service)
      await control!.start(service)
    }
  },
  async seen(spec, context) {
    const before = context.memory.get(spec.id) as Map<string, string | undefined>
    const now = await livesOf(spec, context)
    const same = [...now].filter(([name, life]) => life === undefined || life === before.get(name))
    return same.length === 0
      ? { seen: true, said: `${[...now.keys()].join(', ')} run anew` }
      : { seen: false, said: `${same.map(([name]) => name).join(', ')} did not start anew` }
  },
}

/** What tells one life of each service from the next. */
async function livesOf(
  spec: ActionSpec,
  { topology }: ActionContext,
): Promise<Map<string, string | undefined>> {
  const { services } = params.parse(spec.params)
  return new Map(
    await Promise.all(services.map(async (name) => [name, await topology.control!.life(name)] as const)),
  )
}
