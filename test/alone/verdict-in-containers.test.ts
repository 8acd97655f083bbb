/** A whole run in containers: the verdict is that of processes, and the journal tells of the same things. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { images } from '../../harness/images.ts'
import { missing } from '../harness/fixtures/engine.ts'
import { describeWith } from '../needs.ts'
import { decided } from '../second-try.ts'
import { runInContainers } from './runtimes/in-containers.ts'
import { itInTurn, nothingIsLeft } from './whole-run.ts'

describeWith('a run in containers', { missing, promisedBy: 'CI_REQUIRE_ENGINE' }, () => {
  itInTurn(
    'holds with exit 0, and its journal tells all that one of processes tells',
    async ({ here, task }) => {
      const run = runInContainers(here.out, ['contract-stall', '--parallel', '3'])
      const ended = await decided({ task }, () => here.run(...run))
      expect(ended.stdout + ended.stderr).toMatch(/contract-stall +✓ holds +✓ holds +✓ deviates/)
      expect(ended.stdout).toMatch(new RegExp(`runtime containers .*${images.toxiproxy}`))
      expect(ended.code).toBe(0)
      await nothingIsLeft(here, [])

      const events = readFileSync(join(here.out, 'latest', 'journal.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { kind: string; runtime?: string; toxiproxy?: string })
      expect(events[0]).toMatchObject({
        kind: 'run.started',
        runtime: 'containers',
        toxiproxy: images.toxiproxy,
      })
      const kinds = new Set(events.map(({ kind }) => kind))
      const expected = [
        'arm.ready',
        'fault.injected',
        'fault.reverted',
        'invariant',
        'arm.ended',
        'run.ended',
      ]
      for (const kind of expected) expect(kinds).toContain(kind)
      // Toxiproxy's own log of each connection would go through the engine, at the cost of a quarter of a CPU.
      const log = readFileSync(join(here.out, 'latest', 'logs', 'contract-stall', 'control', 'toxiproxy.log'))
      expect(`${log}`).not.toMatch(/"level":"(trace|debug|info)"/)
    },
  )
})
