// Opens every page of a produced folder in chromium and prints TAP, one line a page and width:
//   node pages.mjs MODULES CHROMIUM FOLDER [--shots DIR]
// A page passes when axe-core finds nothing against it (WCAG A and AA, best practice), its colours contrast in light and in dark, it does
// not scroll sideways, asks nothing of the network, holds no script, and all its links lead to something.
// Nothing is asked twice of the same: the dark at one width; a page in a second language (en/x.html beside x.html, the same elements and
// colours) in no colours, and when narrow by the rules about what a layout can break.
// --shots writes a PNG of each page, width and scheme, to look at.
import { createRequire } from 'node:module';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [modules, browserPath, folder, flag, shots] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), 'package.json'));
const { chromium } = require('playwright-core');
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];
const root = resolve(folder);

const pages = readdirSync(root, { recursive: true }).map(String).filter((name) => name.endsWith('.html')).sort();

// Links of the open page that lead nowhere: a file that is not there, or a place that is not on the page.
async function brokenLinks(page) {
  const links = await page.$$eval('a[href], link[href]', (all) => all.map((a) => a.href));
  const broken = [];
  for (const link of new Set(links)) {
    if (!link.startsWith('file:')) continue;
    const url = new URL(link), path = fileURLToPath(url.href.split('#')[0]);
    if (!existsSync(path) || !statSync(path).isFile()) broken.push(link);
    else if (url.hash && path.endsWith('.html') && !readFileSync(path, 'utf8').includes(`id="${url.hash.slice(1)}"`)) broken.push(link);
  }
  return broken;
}

// What to ask axe-core of a page: nothing, contrast alone (in the dark, where nothing but colours differs), or the rest.
const narrow = 320;
function rules(name, width, colorScheme) {
  const second = pages.includes(name.slice(name.indexOf('/') + 1)) && name.includes('/');
  if (colorScheme === 'dark') return !second && width !== narrow && { runOnly: { type: 'rule', values: ['color-contrast'] } };
  if (second && width === narrow) return { runOnly: { type: 'rule', values: ['target-size', 'scrollable-region-focusable'] } };
  return { runOnly: { type: 'tag', values: tags }, rules: { 'color-contrast': { enabled: !second } } };
}

async function axeFaults(page, options) {
  const result = await page.evaluate((o) => globalThis.axe.run(document, { ...o, resultTypes: ['violations'] }), options);
  return result.violations.flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.target.join(' ')}: ${v.help}`));
}

// What is wrong with the open page, apart from colours.
async function faults(page) {
  const found = await page.evaluate(() => {
    const seen = [];
    if (document.scripts.length) seen.push('it holds a script');
    const wide = document.documentElement.scrollWidth - window.innerWidth;
    if (wide > 0) seen.push(`it scrolls sideways by ${wide} px`);
    return seen;
  });
  for (const link of await brokenLinks(page)) found.push(`a link leads nowhere: ${link.replace(pathToFileURL(root).href, '')}`);
  return found;
}

async function visit(page, name, width) {
  const wrong = [];
  const listen = (request) => {
    if (!request.url().startsWith('file:')) wrong.push(`it asks the network for ${request.url()}`);
  };
  page.on('request', listen);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    if (colorScheme === 'light') {
      await page.goto(pathToFileURL(join(root, name)).href);
      wrong.push(...await faults(page));
      await page.evaluate(axeSource);
    }
    if (flag === '--shots') await page.screenshot({ path: join(shots, `${name.replaceAll('/', '-')}-${width}-${colorScheme}.png`), fullPage: true });
    const asked = rules(name, width, colorScheme);
    for (const fault of asked ? await axeFaults(page, asked) : []) wrong.push(`${colorScheme}: ${fault}`);
  }
  page.off('request', listen);
  return wrong;
}

const browser = await chromium.launch({
  executablePath: browserPath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
});
let number = 0, failed = 0;
for (const width of [1280, narrow]) {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  const page = await context.newPage();
  for (const name of pages) {
    const wrong = await visit(page, name, width);
    console.log(`${wrong.length ? 'not ok' : 'ok'} ${++number} - ${name} at ${width} px`);
    for (const line of wrong.slice(0, 20)) console.log(`# ${line}`);
    failed += wrong.length > 0;
  }
  await context.close();
}
await browser.close();
if (!pages.length) console.log(`not ok ${++number} - ${folder} holds no page`);
console.log(`1..${number}`);
process.exit(failed || !pages.length ? 1 : 0);
