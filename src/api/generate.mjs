/**
 * Writes `src/api/generated/`: one TypeScript file for each `schema/*.schema.json`, the units of the profile's columns,
 * and the package's version.
 * `--check` writes nothing and fails where a file is not what would be written.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from 'json-schema-to-typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));
const target = join(root, 'src', 'api', 'generated');
const banner = source => `// Generated from ${source} by \`npm run types\`: do not edit.\n`;

async function generate() {
  const files = new Map();
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  files.set(
    'version.ts',
    `${banner('package.json')}\nexport const VERSION = ${JSON.stringify(version).replaceAll('"', "'")};\n`
  );
  for (const file of (await readdir(join(root, 'schema'))).sort()) {
    if (!file.endsWith('.schema.json')) {
      continue;
    }
    const schema = JSON.parse(await readFile(join(root, 'schema', file), 'utf8'));
    const text = await compile(schema, schema.title, {
      additionalProperties: false,
      bannerComment: banner(`schema/${file}`),
      style: { singleQuote: true, trailingComma: 'none', arrowParens: 'avoid' },
      unreachableDefinitions: true
    });
    // The compiler's own note under every description says nothing a reader needs.
    const clean = text.replace(
      /( \*\n)? \* This interface was referenced by [^\n]*\n \* via the `definition` [^\n]*\n/g,
      ''
    );
    files.set(`${basename(file, '.schema.json')}.ts`, clean);
    if (file === 'profile.schema.json') {
      files.set('columns.ts', columnUnits(schema, file));
    }
  }
  return files;
}

/** The unit of every column of the tables that are shown as rows: events of a live table do not describe theirs. */
function columnUnits(schema, file) {
  const tables = { functions: 'FunctionRow', lines: 'LineRow', sites: 'SiteRow' };
  const entries = Object.entries(tables).map(([table, row]) => {
    const units = Object.entries(schema.$defs[row].properties)
      .filter(([, { unit }]) => unit)
      .map(([name, { unit }]) => `    ${name}: '${unit}'`);
    return `  ${table}: {\n${units.join(',\n')}\n  }`;
  });
  return `${banner(`schema/${file}`)}
import type { ColumnDescription } from './rest';

export const COLUMN_UNITS: Readonly<
  Record<'${Object.keys(tables).join("' | '")}', Readonly<Record<string, ColumnDescription['unit']>>>
> = {
${entries.join(',\n')}
};
`;
}

const files = await generate();
if (process.argv.includes('--check')) {
  const stale = [];
  for (const [name, text] of files) {
    const found = await readFile(join(target, name), 'utf8').catch(() => '');
    if (found !== text) {
      stale.push(name);
    }
  }
  if (stale.length > 0) {
    console.error(`src/api/generated is not fresh (${stale.join(', ')}): run \`npm run types\`.`);
    process.exit(1);
  }
} else {
  await mkdir(target, { recursive: true });
  for (const [name, text] of files) {
    await writeFile(join(target, name), text);
  }
}
