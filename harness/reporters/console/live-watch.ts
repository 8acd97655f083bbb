import type { ReporterOutput } from '../reporter.ts'
import { oneLine } from '../terminal/one-line.ts'
import type { Paint } from '../terminal/paint.ts'
import { region } from '../terminal/region.ts'
import { liveViews } from './live-view.ts'
import type { ArmStart, Watch } from './watch.ts'

const framesPerSecond = 8

/**
 * On a terminal: a block redrawn in place with every arm that runs, gone when the last has ended. It is never higher
 * than the terminal: what scrolled off could not be drawn over.
 * @param footer the block's last line: what is left of the run
 */
export function liveWatch(
  output: ReporterOutput,
  paint: Paint,
  now: () => number,
  footer: () => string,
): Watch {
  const block = region(output)
  const arms = new Set<ArmStart>()
  let ticker: NodeJS.Timeout | null = null

  const stopTicking = (): void => {
    if (ticker !== null) clearInterval(ticker)
    ticker = null
  }

  const draw = (): void => {
    const views = [...arms].map(({ place, progress }) => ({ place, progress: progress() }))
    // One row for the footer, one for the cursor.
    const room = { columns: output.columns(), rows: output.rows() - 2 }
    block.draw([...liveViews(views, { ...room, at: now(), paint }), paint.dim(`  ${footer()}`)])
  }

  const tick = (): void => {
    try {
      draw()
    } catch (thrown) {
      // No hook stands above a timer, so nobody else would catch it, and the run must go on.
      stopTicking()
      output.write(`the live view has stopped: ${oneLine(String(thrown))}\n`)
    }
  }

  const stop = (): void => {
    arms.clear()
    stopTicking()
    block.clear()
  }

  return {
    armStarted(start) {
      arms.add(start)
      draw()
      ticker ??= setInterval(tick, 1000 / framesPerSecond).unref()
      return {
        ready() {},
        actStarted() {},
        happened() {},
        busy() {},
        ended() {
          arms.delete(start)
          block.clear()
          if (arms.size === 0) stopTicking()
        },
      }
    },
    makeRoom: () => block.clear(),
    stop,
  }
}
