import { styleText } from 'node:util'

const styles = ['bold', 'dim', 'red', 'green', 'yellow', 'cyan'] as const
type Style = (typeof styles)[number]

/** Colours text, or leaves it as it is. */
export type Paint = Readonly<Record<Style, (text: string) => string>>

/** @param colour as `reporterOutput` decided it; the stream is not asked again */
export function paint(colour: boolean): Paint {
  const brush = (style: Style) => (text: string) =>
    colour && text !== '' ? styleText(style, text, { validateStream: false }) : text
  return Object.fromEntries(styles.map((style) => [style, brush(style)])) as Paint
}
