import { z } from 'zod'
import type { ActionSpec, ActionTimes, WrittenAction } from '../model/action.ts'
import type { ActionKind } from './action-kind.ts'

/**
 * A broken part is replaced by a sound one: the faults that come of it end, before their time. Without it they last as
 * long as they are written.
 * @param part its name in reports
 * @param options.ends ids of faults that do not repeat
 * @example replace('router', { ends: ['packet-loss saeol→l4'], at: { event: 'segment.failed', after: '1s' } })
 */
export function replace(
  part: string,
  options: { readonly ends: readonly string[] } & ActionTimes,
): WrittenAction {
  const { ends, ...times } = options
  return { action: 'replace', id: times.id ?? `replace ${part}`, params: { part, ends }, times }
}

const params = z.strictObject({
  part: z.string().min(1),
  ends: z.array(z.string().min(1)).min(1, 'name the faults that end with it'),
})

function endsOf({ params: given }: ActionSpec): readonly string[] {
  return params.parse(given).ends
}

export const replaceKind: ActionKind = {
  name: 'replace',
  summary: 'replaces a broken part: faults that come of it end',
  needs: [],
  problems(spec, { faults }) {
    const { error, data } = params.safeParse(spec.params)
    if (error) return error.issues.map(({ path, message }) => [...path, message].join(': '))
    const ids = faults.map(({ id }) => id)
    return data.ends
      .filter((id) => !ids.includes(id) || ids.includes(`${id} 2`))
      .map((id) =>
        ids.includes(id)
          ? `it ends '${id}', which repeats: only a fault that is on once can be ended`
          : `it ends '${id}', and there is no such fault; there is ${ids.join(', ') || 'none'}`,
      )
  },
  async do(spec, { faults }) {
    for (const id of endsOf(spec)) await faults.end(id)
  },
  async seen(spec, { faults }) {
    const looks = await Promise.all(endsOf(spec).map((id) => faults.isGone(id)))
    return { seen: looks.every(({ seen }) => seen), said: looks.map(({ said }) => said).join('; ') }
  },
}
