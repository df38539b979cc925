// `redocly lint` finds no violation of its recommended rules in the document.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.log(`@redocly/cli wants Node 20.19; this is ${process.version}. Skipped.`);
  process.exit(77);
}
const root = fileURLToPath(new URL('../../', import.meta.url));
const lint = spawnSync(process.execPath, [`${root}node_modules/@redocly/cli/bin/cli.js`, 'lint', '--extends', 'recommended', '--max-problems', '500', 'src/api/openapi.json'], {
  cwd: root, encoding: 'utf8', env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', CI: 'true' },
});
console.log(lint.stdout, lint.stderr);
process.exit(lint.status === 0 && !/You have \d+ warning/.test(lint.stdout + lint.stderr) ? 0 : 1);
