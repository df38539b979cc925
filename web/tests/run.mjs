// node web/tests/run.mjs: the tests beside this file, by node's own runner. They are bundled as the application is, so that
// they may import its modules.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const out = fs.mkdtempSync(path.join(os.tmpdir(), 'vat-web-tests-'));
const names = fs.readdirSync(here).filter((name) => name.endsWith('.test.mjs'));
try {
  await esbuild.build({ entryPoints: names.map((name) => path.join(here, name)), bundle: true, format: 'esm', platform: 'node', outdir: out, outExtension: { '.js': '.mjs' }, logLevel: 'warning', define: { SOURCES: JSON.stringify(path.dirname(here)) } });
  const { status } = spawnSync(process.execPath, ['--test', '--test-reporter=spec', ...names.map((name) => path.join(out, name))], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  fs.rmSync(out, { recursive: true, force: true });
}
