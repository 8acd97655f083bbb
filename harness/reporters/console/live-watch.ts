import type { ReporterOutput } from '../reporter.ts'
import { oneLine } from '../terminal/one-line.ts'
import type { Paint } from '../terminal/paint.ts'
import { region } from '../terminal/region.ts'
import { liveView } from './live-view.ts'
import type { Watch } from './watch.ts'

const framesPerSecond = 8

/** On a terminal: a block redrawn in place, gone when the arm has ended. */
export function liveWatch(output: ReporterOutput, paint: Paint, now: () => number): Watch {
  const block = region(output)
  let ticker: NodeJS.Timeout | null = null

  const stopTicking = (): void => {
    if (ticker !== null) clearInterval(ticker)
    ticker = null
  }

  const stop = (): void => {
    stopTicking()
    block.clear()
  }

  return {
    armStarted({ place, progress }) {
      const draw = (): void =>
        block.draw(liveView(progress(), { at: now(), place, columns: output.columns(), paint }))
      stop()
      draw()
      ticker = setInterval(() => {
        try {
          draw()
        } catch (thrown) {
          // No hook stands above a timer, so nobody else would catch it, and the run must go on.
          stopTicking()
          output.write(`the live view has stopped: ${oneLine(String(thrown))}\n`)
        }
      }, 1000 / framesPerSecond)
      ticker.unref()
    },
    armReady() {},
    phaseStarted() {},
    happened() {},
    busy() {},
    armEnded: stop,
  }
}
