// node web/build.mjs FOLDER: makes the web application in FOLDER, and FOLDER/files.txt, which has a line for each file
// that a browser may ask for: its path on the server, its media type, and where it lies, separated by tabs.
// Names under assets/ contain a digest of their content, so that browsers may keep them for ever.
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const require = createRequire(import.meta.url);
const types = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html', '.svg': 'image/svg+xml', '.png': 'image/png', '.mp3': 'audio/mpeg', '.txt': 'text/plain', '.woff2': 'font/woff2', '.webmanifest': 'application/manifest+json' };

/** What Font Awesome's icon needs to be drawn: `{ width, height, path }`. */
function iconShape(name) {
  const [style, icon] = name.includes('/') ? name.split('/') : ['solid', name];
  const svg = fs.readFileSync(require.resolve(`@fortawesome/fontawesome-free/svgs/${style}/${icon}.svg`), 'utf8');
  const [, width, height] = svg.match(/viewBox="0 0 (\d+) (\d+)"/);
  const [, outline] = svg.match(/ d="([^"]+)"/);
  return { width: +width, height: +height, path: outline };
}

/** `import play from 'icon:play'`. */
const icons = {
  name: 'icons',
  setup(build) {
    build.onResolve({ filter: /^icon:/ }, ({ path: name }) => ({ path: name.slice('icon:'.length), namespace: 'icon' }));
    build.onLoad({ filter: /.*/, namespace: 'icon' }, ({ path: name }) => ({ contents: JSON.stringify(iconShape(name)), loader: 'json' }));
  },
};

/** Whatever is loaded later imports the main program as well, so that all that this contains is one chunk: a chunk for each
 * set of pages that share something would be twenty requests before the first page is drawn. */
const oneChunk = {
  name: 'one-chunk',
  setup(build) {
    const main = path.join(here, 'src/main.js');
    const later = new Set();
    build.onResolve({ filter: /\.js$/ }, async ({ path: name, kind, importer, resolveDir, pluginData }) => {
      if (kind !== 'dynamic-import' || pluginData === later) return undefined;
      const found = await build.resolve(name, { kind, importer, resolveDir, pluginData: later });
      later.add(found.path);
      return found;
    });
    build.onLoad({ filter: /\.js$/ }, ({ path: file }) => {
      if (!later.has(file)) return undefined;
      return { contents: `${fs.readFileSync(file, 'utf8')}\nimport ${JSON.stringify(main)};`, loader: 'js', resolveDir: path.dirname(file) };
    });
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  charset: 'utf8',
  target: ['chrome123', 'firefox120', 'safari17.5'],
  legalComments: 'linked',
  logLevel: 'warning',
  metafile: true,
};

/** The path that esbuild gave to what it made of an entry point, below `out`. */
function made(out, result, entry) {
  const file = Object.keys(result.metafile.outputs).find((name) => result.metafile.outputs[name].entryPoint?.endsWith(entry));
  return path.relative(out, path.resolve(root, file)).split(path.sep).join('/');
}

function digestOf(bytes) {
  return crypto.createHash('sha256').update(bytes).digest('hex').slice(0, 8);
}

/** The addresses of an entry point, by the end of its name, and of what it imports at once. */
function addressesOf(result, entry) {
  const { outputs } = result.metafile;
  const all = new Set();
  const add = (file) => {
    if (all.has(file)) return;
    all.add(file);
    for (const { path: next, kind } of outputs[file].imports) if (kind === 'import-statement') add(next);
  };
  add(Object.keys(outputs).find((name) => outputs[name].entryPoint?.endsWith(entry)));
  return [...all].map((file) => `/assets/${path.basename(file)}`);
}

async function scripts(out) {
  const app = await esbuild.build({ ...common, entryPoints: ['web/src/main.js'], splitting: true, format: 'esm', outdir: `${out}/assets`, entryNames: 'app-[hash]', chunkNames: '[name]-[hash]', assetNames: '[name]-[hash]', publicPath: '/assets', loader: { '.mp3': 'file' }, plugins: [icons, oneChunk] });
  const needed = addressesOf(app, 'web/src/main.js');
  const more = (entry) => addressesOf(app, entry).filter((address) => !needed.includes(address));
  const ahead = {
    app: needed[0],
    pages: { jobs: more('recording/recording.js'), speak: more('speak/speak.js'), settings: more('settings/settings.js'), admin: more('admin/admin.js'), s: more('pages/shared.js') },
    languages: Object.fromEntries(['de', 'es', 'zh', 'ar'].map((code) => [code, more(`locales/${code}.json`)])),
  };
  // Runs before the first paint, so it is a classic script that nothing is imported into.
  const boot = await esbuild.build({ ...common, entryPoints: ['web/src/boot.js'], format: 'iife', outdir: `${out}/assets`, entryNames: '[name]-[hash]', define: { AHEAD: JSON.stringify(ahead) } });
  const preload = needed.map((address) => `<link rel="modulepreload" href="${address}">`).join('\n');
  return { boot: made(out, boot, 'web/src/boot.js'), preload };
}

async function styles(out) {
  const plain = path.join(out, 'tailwind.css');
  const tailwind = path.join(path.dirname(require.resolve('@tailwindcss/cli/package.json')), 'dist/index.mjs');
  execFileSync(process.execPath, [tailwind, '-i', path.join(here, 'styles/app.css'), '-o', plain, '--minify'], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  const result = await esbuild.build({ ...common, stdin: { contents: fs.readFileSync(plain, 'utf8'), resolveDir: here, sourcefile: 'app.css', loader: 'css' }, outdir: `${out}/assets`, entryNames: 'app-[hash]', assetNames: '[name]-[hash]', loader: { '.woff2': 'file' } });
  fs.rmSync(plain);
  const font = Object.keys(result.metafile.outputs).find((name) => name.includes('inter-latin'));
  return { style: made(out, result, 'app.css'), font: `assets/${path.basename(font)}` };
}

/** As src/base/icon.js draws it. */
const drawn = ({ width, height, path: outline }) => `<svg class="icon text-lg" viewBox="0 0 ${width} ${height}" aria-hidden="true"><path d="${outline}"></path></svg>`;

function page(out, parts) {
  const template = fs.readFileSync(path.join(here, 'index.html'), 'utf8');
  fs.writeFileSync(path.join(out, 'index.html'), template.replace(/\{\{([\w:-]+)\}\}/g, (_, name) => {
    if (name.startsWith('icon:')) return drawn(iconShape(name.slice('icon:'.length)));
    if (!parts[name]) throw new Error(`index.html names {{${name}}}, which the build does not make`);
    return parts[name].startsWith('<') ? parts[name] : '/' + parts[name];
  }));
}

/** Copies web/public, those files whose name the page contains with a digest in it. */
function publicFiles(out) {
  const parts = {};
  for (const name of fs.readdirSync(path.join(here, 'public')).sort()) {
    const bytes = fs.readFileSync(path.join(here, 'public', name));
    const { name: stem, ext } = path.parse(name);
    const target = ext === '.webmanifest' ? name : `assets/${stem}-${digestOf(bytes)}${ext}`;
    const text = ext === '.webmanifest' ? bytes.toString().replace(/\{\{(\w+)\}\}/g, (_, part) => '/' + parts[part]) : bytes;
    fs.writeFileSync(path.join(out, target), text);
    parts[stem.replace(/\W/g, '_')] = target;
  }
  return parts;
}

/** The program beside the pages. It knows the files of this build that it keeps, and its version is theirs. */
async function worker(out) {
  const kept = /^assets\/.*\.(js|css|woff2|svg|png)$/;
  const files = fs.readdirSync(out, { recursive: true }).map((name) => name.split(path.sep).join('/')).filter((name) => kept.test(name)).sort();
  const version = digestOf(files.join('\n') + fs.readFileSync(path.join(out, 'index.html'), 'utf8'));
  const shell = { version, page: '/dashboard', files: files.map((name) => `/${name}`) };
  await esbuild.build({ ...common, entryPoints: ['web/src/worker/worker.js'], format: 'iife', outdir: out, entryNames: 'worker', legalComments: 'none', define: { SHELL: JSON.stringify(shell) } });
}

async function main() {
  const out = path.resolve(process.argv[2] ?? '');
  if (!process.argv[2]) throw new Error('Name the folder: node web/build.mjs FOLDER');
  fs.rmSync(out, { recursive: true, force: true });
  fs.mkdirSync(path.join(out, 'assets'), { recursive: true });
  const parts = { ...publicFiles(out), ...(await scripts(out)), ...(await styles(out)) };
  page(out, parts);
  await worker(out);
  const files = fs.readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => path.join(entry.path, entry.name)).sort();
  const lines = files.map((file) => [path.relative(out, file).split(path.sep).join('/'), types[path.extname(file)] ?? 'application/octet-stream', file].join('\t'));
  fs.writeFileSync(path.join(out, 'files.txt'), lines.join('\n') + '\n');
}

await main();
