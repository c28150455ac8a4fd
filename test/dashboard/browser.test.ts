/**
 * The pages in a real browser: what people see and do, and what no test of HTML can tell.
 * @module
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { getRequestListener } from '@hono/node-server'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Millrace } from '../../src/contract/index.ts'
import { dashboardHandler } from '../../src/dashboard/index.ts'
import { task } from '../../src/engine/task.ts'
import { broken, greet, makeApp, work } from './scene.ts'

/** Where Debian, others, and a variable have it. */
const CHROMIUM = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path))
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** A folder for pictures to be looked at. */
const PICTURES = process.env.MILLRACE_PICTURES

async function serve(app: Millrace): Promise<string> {
  const handler = dashboardHandler(app, { open: true, sampleEveryMs: 500 })
  const server: Server = createServer(getRequestListener(handler))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Jobs in every state that a page can show. */
async function fill(app: Millrace): Promise<void> {
  await app.enqueueMany(
    greet,
    Array.from({ length: 12 }, (_, n) => ({ name: `n${n}` })),
  )
  await app.enqueueMany(broken, [{ n: 1 }, { n: 2 }, { n: 3 }])
  await work(app)
  await app.enqueueMany(greet, [{ name: 'waiting' }, { name: 'too' }], { tags: ['vip'] })
  await app.enqueue(greet, { name: 'later' }, { delay: '2h' })
  const { id } = await app.enqueue(greet, { name: 'never' })
  await app.cancel(id)
  await fillSchedules(app)
}

/** Schedules that have fired, have not, and are paused. */
async function fillSchedules(app: Millrace): Promise<void> {
  const zone = 'Europe/Berlin'
  await app.schedules.put('cleanup-old-data', { task: greet, every: '1h', overlap: 'skip', input: {} })
  await app.schedules.put('monday-report', { task: broken, cron: '30 7 * * MON', zone, input: { n: 4 } })
  await app.schedules.put('nightly', { task: greet, cron: '30 2 * * *', zone, input: { name: 'night' } })
  await app.schedules.put('once', { task: greet, at: new Date(Date.now() + 9 * 86_400_000), input: {} })
  await app.schedules.pause('monday-report')
  for (const name of ['nightly', 'nightly', 'monday-report']) await app.schedules.runNow(name)
  await work(app)
  await app.schedules.runNow('cleanup-old-data')
}

describe.skipIf(CHROMIUM === undefined)('in a browser', { timeout: 120_000 }, () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: ['--no-sandbox'] })
  }, 60_000)
  afterAll(() => browser.close())

  /** A page on which any complaint of the browser fails the test. */
  async function open(
    options: { dark?: boolean; width?: number } = {},
  ): Promise<{ page: Page; complaints: string[]; asked: string[] }> {
    const page = await browser.newPage({
      viewport: { width: options.width ?? 1280, height: 900 },
      colorScheme: options.dark === true ? 'dark' : 'light',
    })
    onTestFinished(() => page.close())
    const complaints: string[] = []
    const asked: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`)
      dialog.dismiss().catch(() => undefined)
    })
    page.on('request', (request) => asked.push(request.url()))
    return { page, complaints, asked }
  }

  async function picture(page: Page, name: string): Promise<void> {
    if (PICTURES === undefined) return
    mkdirSync(PICTURES, { recursive: true })
    await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true })
  }

  /** What axe finds wrong, by WCAG 2.2 AA and its own good practice. The script comes in past the page's policy. */
  async function axe(page: Page): Promise<string[]> {
    await page.evaluate(AXE)
    return page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map((node) => id + ': ' + node.target.join(' ') + ' ' + node.failureSummary)))`)
  }

  test.each([
    ['light', false, 1280],
    ['dark', true, 1280],
    ['narrow', false, 390],
  ] as const)('%s: every page is accessible, quiet and asks nobody else', async (name, dark, width) => {
    const app = makeApp()
    await fill(app)
    const [failed] = (await app.list({ states: ['failed'] })).jobs
    const worker = app.worker({ queues: ['other'] })
    await worker.start()
    const base = await serve(app)
    const { page, complaints, asked } = await open({ dark, width })
    const lists = ['/', '/queues', '/jobs', '/failures', '/schedules', '/workers', '/audit']
    for (const path of [...lists, `/jobs/${failed?.id}`, '/schedules/nightly', '/schedules/monday-report']) {
      await page.goto(base + path)
      await page.waitForSelector('#live[data-state="live"]')
      expect([path, await axe(page)]).toEqual([path, []])
      const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
      expect([path, 'too wide by', wide]).toEqual([path, 'too wide by', 0])
      const edge = await page.evaluate(
        `document.querySelector('nav [aria-current="page"]').getBoundingClientRect().right - innerWidth`,
      )
      expect([path, 'in sight', Number(edge) <= 0]).toEqual([path, 'in sight', true])
      await picture(
        page,
        `${name}-${path === '/' ? 'overview' : path.split('/')[1]}${path.split('/')[2] === undefined ? '' : '-one'}`,
      )
    }
    await worker.stop()
    expect(complaints).toEqual([])
    expect(asked.filter((url) => !url.startsWith(base))).toEqual([])
  })

  test('pages follow what happens, without being loaded anew', async () => {
    const app = makeApp()
    await app.enqueue(greet, {})
    const base = await serve(app)
    const { page } = await open()
    await page.goto(`${base}/jobs`)
    await page.evaluate(`window.sameDocument = true`)
    expect(await page.locator('tbody tr').count()).toBe(1)
    await app.enqueueMany(greet, [{}, {}])
    await page.waitForSelector('tbody tr:nth-child(3)')
    expect(await page.evaluate('window.sameDocument')).toBe(true)
    await page.goto(base)
    await page.waitForSelector('.plot canvas')
    await app.enqueueMany(greet, [{}, {}])
    await expect.poll(() => page.locator('.figures').textContent(), { timeout: 10_000 }).toContain('5')
    expect(await page.locator('.plot canvas').count()).toBe(4)
  })

  test('jobs are chosen and run again, after a question; a choice is not taken away by an update', async () => {
    const app = makeApp()
    await app.enqueueMany(broken, [{ n: 1 }, { n: 2 }, { n: 3 }])
    await work(app)
    const base = await serve(app)
    const { page } = await open()
    await page.goto(`${base}/jobs?state=failed`)
    const boxes = page.locator('input[name="id"]')
    await boxes.nth(0).check()
    await boxes.nth(1).check()
    expect(await page.locator('#chosen').textContent()).toBe('2 jobs chosen')
    await app.enqueue(greet, {})
    await page.waitForTimeout(1_200)
    expect(await boxes.nth(1).isChecked()).toBe(true)
    await picture(page, 'chosen')
    await page.getByRole('button', { name: 'Run again' }).click()
    expect(await page.locator('#confirm-text').textContent()).toBe('Run 2 jobs again?')
    await page.getByRole('button', { name: 'Keep' }).click()
    expect((await app.list({ states: ['failed'] })).jobs).toHaveLength(3)
    await page.getByRole('button', { name: 'Run again' }).click()
    await page.getByRole('button', { name: 'Do it' }).click()
    await page.waitForSelector('.notice.good')
    expect(await page.locator('.notice.good').textContent()).toBe('2 jobs set to run again.')
    expect((await app.list({ states: ['failed'] })).jobs).toHaveLength(1)
  })

  test('a schedule is fired and paused from its page, after a question, and without a script too', async () => {
    const app = makeApp()
    await app.schedules.put('nightly', { task: greet, cron: '30 2 * * *', input: {} })
    const base = await serve(app)
    const { page } = await open()
    await page.goto(`${base}/schedules`)
    await page.getByRole('button', { name: 'Run now: nightly' }).click()
    await page.getByRole('button', { name: 'Do it' }).click()
    await page.waitForSelector('.notice.good')
    expect((await app.schedules.history('nightly')).firings).toHaveLength(1)
    const plain = await browser.newPage({ javaScriptEnabled: false })
    onTestFinished(() => plain.close())
    await plain.goto(`${base}/schedules/nightly`)
    await plain.getByRole('button', { name: 'Pause nightly' }).click()
    expect(await plain.locator('.notice.good').textContent()).toContain('nightly is paused')
    expect(plain.url()).toBe(`${base}/schedules/nightly`)
    expect((await app.schedules.get('nightly'))?.paused).toBe(true)
  })

  test('keys lead through pages and rows', async () => {
    const app = makeApp()
    await app.enqueueMany(greet, [{}, {}])
    const base = await serve(app)
    const { page } = await open()
    await page.goto(base)
    await page.keyboard.press('g')
    await page.keyboard.press('j')
    await page.waitForURL(`${base}/jobs`)
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    expect(await page.locator('tbody tr').nth(1).locator('input').isChecked()).toBe(true)
    await page.keyboard.press('x')
    await page.keyboard.press('/')
    expect(await page.evaluate('document.activeElement.id')).toBe('search')
    await page.keyboard.press('Tab')
    await page.locator('h1').click()
    await page.keyboard.press('t')
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark')
    await page.reload()
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark')
  })

  test('what jobs carry is never run', async () => {
    const evil = `"><script>window.hit=1</script><img src=x onerror="window.hit=1">`
    const bad = task(`t${evil}`, {
      retry: false,
      run(_input: unknown) {
        throw new Error(evil)
      },
    })
    const app = makeApp(bad)
    const { id } = await app.enqueue(bad, { [evil]: evil }, { tags: [evil], meta: { [evil]: evil } })
    await work(app)
    const base = await serve(app)
    const { page, complaints } = await open()
    for (const path of ['/', '/jobs', `/jobs/${id}`, '/failures', `/jobs?q=${encodeURIComponent(evil)}`]) {
      await page.goto(base + path)
      await page.waitForSelector('#live[data-state="live"]')
      expect([path, await page.evaluate('window.hit')]).toEqual([path, undefined])
      expect(await page.locator('img').count()).toBe(0)
    }
    expect(complaints).toEqual([])
  })

  test('a first visit costs less than 100 KB', async () => {
    const app = makeApp()
    await fill(app)
    const base = await serve(app)
    const html = await (await fetch(base)).text()
    const assets = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path)
    expect(assets).toHaveLength(3)
    const texts = await Promise.all(assets.map(async (path) => (await fetch(base + path)).text()))
    const bytes = [html, ...texts].reduce((sum, text) => sum + gzipSync(text).length, 0)
    expect(bytes).toBeLessThan(100_000)
  })
})
