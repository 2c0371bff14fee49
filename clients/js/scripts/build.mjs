// Compiles the package twice, ES modules and CommonJS, each with types that fit it; and once more for a script tag, with the SDK inside.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');

function compile(...options) {
  const { status } = spawnSync(process.execPath, [compiler, '--project', root, ...options], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

rmSync(join(root, 'dist'), { recursive: true, force: true });
compile();
compile('--outDir', join(root, 'dist/cjs'), '--module', 'CommonJS', '--moduleResolution', 'node10');
// The package's own type is "module", which the CommonJS half is not.
writeFileSync(join(root, 'dist/cjs/package.json'), '{ "type": "commonjs" }\n');
await build({
  entryPoints: [join(root, 'dist/esm/index.js')], outfile: join(root, 'dist/parley.js'),
  bundle: true, minify: true, format: 'iife', globalName: 'Parley', target: 'es2020', legalComments: 'eof',
});
