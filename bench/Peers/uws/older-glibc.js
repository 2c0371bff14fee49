// The native module in the package is built against glibc 2.38, of which it uses three functions of the C library under the names that they
// have there for C23 (__isoc23_strtol and the like). On a system with an older glibc, such as Debian 12, this points those references at the
// names before C23, in the installed copy. Nothing else of the module changes; where it loads as it is, nothing at all does.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const dynamicSymbols = 11;
const neededVersions = 0x6ffffffe;
const newer = 'GLIBC_2.38';
const bases = ['GLIBC_2.2.5', 'GLIBC_2.17']; // of x64 and of arm64, where the older names have been from the start
const prefix = '__isoc23_';

const require = createRequire(import.meta.url);
const folder = dirname(fileURLToPath(import.meta.resolve('@btc-vision/uwebsockets.js')));
const file = join(folder, `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`);

function loads() {
  try {
    require(file);
    return true;
  } catch (error) {
    if (error.message.includes(newer)) return false;
    throw error;
  }
}

function fit(elf) {
  const u64 = (at) => Number(elf.readBigUInt64LE(at));
  const sections = Array.from({ length: elf.readUInt16LE(60) }, (_, i) => {
    const at = u64(40) + i * elf.readUInt16LE(58);
    return { type: elf.readUInt32LE(at + 4), offset: u64(at + 24), size: u64(at + 32), link: elf.readUInt32LE(at + 40), count: elf.readUInt32LE(at + 44) };
  });
  const symbols = sections.find((s) => s.type === dynamicSymbols);
  const versions = sections.find((s) => s.type === neededVersions);
  const strings = sections[symbols.link].offset;
  const text = (at) => elf.toString('latin1', strings + at, elf.indexOf(0, strings + at));

  const needs = [];
  for (let i = 0, need = versions.offset; i < versions.count; i++, need += elf.readUInt32LE(need + 12)) {
    const library = text(elf.readUInt32LE(need + 4));
    for (let j = 0, at = need + elf.readUInt32LE(need + 8); j < elf.readUInt16LE(need + 2); j++, at += elf.readUInt32LE(at + 12)) {
      needs.push({ library, at, name: text(elf.readUInt32LE(at + 8)) });
    }
  }
  const base = bases.map((name) => needs.find((n) => n.library === 'libc.so.6' && n.name === name)).find(Boolean);
  for (const { at } of needs.filter((n) => n.library === 'libc.so.6' && n.name === newer)) {
    elf.copy(elf, at, base.at, base.at + 4); // hash
    elf.copy(elf, at + 8, base.at + 8, base.at + 12); // name
  }
  for (let at = symbols.offset; at < symbols.offset + symbols.size; at += 24) {
    const name = elf.readUInt32LE(at);
    if (text(name).startsWith(prefix)) elf.writeUInt32LE(name + prefix.length, at);
  }
}

if (!loads()) {
  const elf = readFileSync(file);
  fit(elf);
  writeFileSync(file, elf);
  if (!loads()) throw new Error(`${file} does not load`);
  console.log('fitted to an older glibc');
}
