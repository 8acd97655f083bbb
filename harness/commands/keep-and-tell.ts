import { reporterOutput } from '../reporters/output.ts'
import { type Paint, paint } from '../reporters/terminal/paint.ts'
import { writeWhole } from '../reporters/write-file.ts'

/**
 * Keeps as JSON what a command came to, and tells it: as that JSON, or in words.
 * @throws HarnessError where it cannot be written
 */
export async function keepAndTell(
  file: string,
  result: object,
  asJson: boolean,
  view: (paint: Paint) => string,
): Promise<void> {
  const json = `${JSON.stringify(result, null, 2)}\n`
  await writeWhole(file, json)
  const output = reporterOutput(process.stdout, process.env)
  output.write(asJson ? json : view(paint(output.colour)))
}
