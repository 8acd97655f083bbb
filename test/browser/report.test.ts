/** The report as people see it: in a real browser, opened from disk, without a network. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { htmlReporter } from '../../harness/reporters/html.ts'
import { writeToldRun } from '../harness/fixtures/told-run.ts'
import { runResult, scenarioResult } from '../harness/reporters/a-run.ts'
import { gpkiStall, overload } from '../harness/reporters/plans.ts'
import { describeWith } from '../needs.ts'

const executable = whereIs('chromium')
const missing =
  executable === undefined ? 'there is no chromium on PATH; install it (apt-get install chromium)' : undefined
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

function whereIs(command: string): string | undefined {
  try {
    return execFileSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string }[]
}

describeWith('report.html in a browser', { missing, promisedBy: 'CI_REQUIRE_BROWSER' }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'report-in-browser-'))
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executable!, args: ['--no-sandbox'] })
    const [first, ...others] = scenarioResult(gpkiStall).arms
    const named = { ...first!, lookAt: ['official #7 at +1.0 s: timed-out'] }
    const stall = { ...scenarioResult(gpkiStall), arms: [named, ...others] }
    const result = runResult([stall, scenarioResult(overload)])
    writeToldRun(dir, stall.scenario)
    await htmlReporter({}).runEnded?.(result, dir)
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(dir, { recursive: true })
  })

  /** Opens it offline. @returns the page, and what went wrong in it or was asked of elsewhere */
  async function open(options: { width?: number; dark?: boolean; javaScriptEnabled?: boolean } = {}) {
    const { width = 1440, dark = false, javaScriptEnabled = true } = options
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme: dark ? 'dark' : 'light',
      offline: true,
      javaScriptEnabled,
    })
    const page = await context.newPage()
    const wrong: string[] = []
    page.on('pageerror', (error) => wrong.push(error.message))
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()))
    page.on('request', (request) => request.url().startsWith('file:') || wrong.push(request.url()))
    await page.goto(pathToFileURL(join(dir, 'report.html')).href)
    return { page, wrong, [Symbol.asyncDispose]: () => context.close() }
  }

  const heading = (page: Page): Promise<string> => page.locator('h1').innerText()

  it('opens a failed visit, with its counterparts and what each service said', async () => {
    await using opened = await open()
    const { page } = opened
    const visit = page.locator('details.visit').first()
    await page.locator('details', { has: visit }).first().locator('summary').first().click()
    await visit.locator('summary').click()
    const seen = visit.getByText('the queue is full')
    await seen.waitFor()
    expect(await seen.isVisible()).toBe(true)
    expect(await visit.innerText()).toMatch(/treated ✓ issued/)
    expect(opened.wrong).toEqual([])
  })

  it('opens offline, asks for nothing, and says the verdict', async () => {
    await using opened = await open()
    expect(await heading(opened.page)).toMatch(/Resilience report.*holds/s)
    expect(await opened.page.locator('svg:visible').count()).toBeGreaterThanOrEqual(6)
    expect(opened.wrong).toEqual([])
  })

  it('is read in Korean by keyboard alone, and in English again', async () => {
    await using opened = await open()
    const { page } = opened
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.id')).toBe('lang')
    await page.keyboard.press('Enter')
    expect(await heading(page)).toMatch(/복원력 보고서.*유지됨/s)
    expect(await page.evaluate('document.documentElement.lang')).toBe('ko')
    await page.keyboard.press('Enter')
    expect(await heading(page)).toContain('Resilience report')
    expect(opened.wrong).toEqual([])
  })

  it.each([
    { width: 1440, dark: false },
    { width: 1440, dark: true },
    { width: 390, dark: false },
    { width: 390, dark: true },
  ])(
    'has no violation that axe finds, and nothing runs out of it, $width px wide, dark: $dark',
    async (options) => {
      await using opened = await open(options)
      const { page } = opened
      // What is folded is looked at too.
      await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
      await page.evaluate(axe)
      const { violations } = (await page.evaluate('axe.run()')) as { violations: Violation[] }
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(options.width)
    },
  )

  it('says the same without JavaScript', async () => {
    await using opened = await open({ javaScriptEnabled: false })
    expect(await heading(opened.page)).toMatch(/Resilience report.*holds/s)
    expect(await opened.page.locator('figure svg').count()).toBeGreaterThanOrEqual(6)
  })

  it('prints: curves and tables are on the paper', async () => {
    await using opened = await open()
    await opened.page.emulateMedia({ media: 'print' })
    const pdf = await opened.page.pdf({ format: 'A4' })
    expect(pdf.length).toBeGreaterThan(20_000)
    expect(await opened.page.locator('#lang').isVisible()).toBe(false)
    expect(await opened.page.locator('figure svg').first().isVisible()).toBe(true)
  })
})
