import { expect, it } from 'vitest'
import type { MutantResult, MutationResult } from '../../../harness/model/mutation.ts'
import { mutationView } from '../../../harness/reporters/mutation-view.ts'
import { paint } from '../../../harness/reporters/terminal/paint.ts'

const mutant = (name: string, over: Partial<MutantResult> = {}): MutantResult => ({
  scenario: 'story',
  mutant: name,
  kind: 'sabotage',
  beside: [],
  verdict: 'noticed',
  noticedBy: ['guard'],
  named: ['guard'],
  said: '',
  ...over,
})

const result: MutationResult = {
  ...{ version: 1, run: 'one', seed: 's', tookMs: 61_000, blindGuards: [], idleMeasures: [], exitCode: 0 },
  mutants: [
    mutant('loses', { again: 'the host was busy' }),
    mutant('forges', { again: 'nobody noticed it beside others' }),
    mutant('deadlines', { kind: 'measure', again: 'the host was busy' }),
    mutant('swaps'),
  ],
  checks: [{ scenario: 'story', id: 'guard', title: 'nothing is lost', role: 'guard' }],
  score: { noticed: 4, of: 4 },
}

it('tells each reason of a repeat once, with all that it was a reason for', () => {
  const view = mutationView(result, 'mutation.json', paint(false))
  expect(view).toContain(`run once more, by itself:
  story: loses
  story: without deadlines
  because the host was busy
run once more, by itself:
  story: forges
  because nobody noticed it beside others
`)
  expect(view.match(/the host was busy/g)).toHaveLength(1)
  expect(view).toContain('✓ 4 of 4 noticed')
})
