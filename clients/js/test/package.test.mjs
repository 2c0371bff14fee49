import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

test('Less than 5 KiB come on top of the official SDK', async () => {
  const { outputFiles } = await build({
    entryPoints: [`${root}/dist/esm/index.js`], bundle: true, minify: true, format: 'esm', external: ['centrifuge'], write: false,
  });
  const size = gzipSync(outputFiles[0].contents).length;
  assert.ok(size < 5 * 1024, `${size} bytes`);
  assert.ok(size > 1024, `${size} bytes: something is missing`);
});

test('import and require give the same', async () => {
  const required = createRequire(import.meta.url)(root);
  const imported = await import('@parley/client');
  assert.deepEqual(Object.keys(required).sort(), Object.keys(imported).sort());
  assert.deepEqual(Object.keys(imported).sort(), ['LongPollSocket', 'createClient', 'transportOf']);
});

const guide = readFileSync(new URL('../../../docs/guides/javascript-client.md', import.meta.url), 'utf8');
const blocks = [...guide.matchAll(/^```(jsx?)\n(.*?)^```$/gms)];

test('The guide has code', () => assert.ok(blocks.length >= 2, `${blocks.length} blocks`));

for (const [index, [, loader, contents]] of blocks.entries())
  test(`Code ${index + 1} of the guide is code, and takes what there is`, async () => {
    // Bundled, so that a name which the package does not export is an error.
    const { warnings } = await build({
      stdin: { contents, loader, resolveDir: root }, bundle: true, format: 'esm', write: false, external: ['react', 'centrifuge'], logLevel: 'silent',
    });
    assert.deepEqual(warnings, []);
  });

test('What is published is put together as the ecosystem expects', async () => {
  const manifest = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
  const { messages } = await publint({ pkgDir: root, strict: true });
  assert.deepEqual(messages.map(message => formatMessage(message, manifest)), []);
});
