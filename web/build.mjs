// Bundles frontend/*.js and their style sheets into static/dist and writes manifest.json:
// {"app": {"js": "app-HASH.js", "css": "app-HASH.css", "imports": ["chunk-HASH.js"]}, ...}.
//   node build.mjs            as installed: Tabler reduced to the classes that our pages use
//   node build.mjs --whole    all of Tabler, for working on templates
//   node build.mjs --watch    the same, again after every change
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { PurgeCSS } from 'purgecss';

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(here, 'static', 'dist');
const watch = process.argv.includes('--watch');
const whole = watch || process.argv.includes('--whole');

// Classes are written in templates, in form renderers and in scripts.
const PAGES = ['templates', 'frontend', '.', '../engine/forms'].map((folder) => path.join(here, folder));
const COLOURS = 'primary|secondary|success|warning|danger|info|blue|azure|green|lime|yellow|orange|red|purple|teal|cyan|gray|muted';
// What templates put together from a value: `bg-{{ colour }}-lt`, `status-{{ colour }}`.
const PUT_TOGETHER = [new RegExp(`^(bg|text|btn|badge|status|alert|progress|border)-(outline-)?(${COLOURS})(-lt|-fg)?$`), /^is-/, /^col(-\w+)?-\d+$/, /^steps?-/];

const purgeTabler = {
  name: 'purge-tabler',
  setup(build) {
    build.onLoad({ filter: /@tabler[/\\]core[/\\]dist[/\\]css[/\\]tabler(\.min)?\.css$/ }, async ({ path: file }) => {
      const raw = fs.readFileSync(file, 'utf8').replace(/\/\*# sourceMappingURL=.*?\*\//, '');
      if (whole) return { contents: raw, loader: 'css' };
      const [{ css }] = await new PurgeCSS().purge({
        content: PAGES.flatMap(pageSources).map((name) => ({ raw: fs.readFileSync(name, 'utf8'), extension: 'html' })),
        css: [{ raw }],
        safelist: { standard: ['html', 'body', 'dialog', 'details', 'summary', ...PUT_TOGETHER] },
        variables: true,
        keyframes: true,
      });
      return { contents: css, loader: 'css' };
    });
  },
};

function pageSources(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (['node_modules', 'static', 'translations', '__pycache__'].includes(entry.name)) return [];
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) return pageSources(name);
    return /\.(html|py|js)$/.test(entry.name) ? [name] : [];
  });
}

const manifest = {
  name: 'manifest',
  setup(build) {
    build.onEnd(({ errors, metafile }) => {
      if (errors.length) return;
      const entries = {};
      for (const [file, output] of Object.entries(metafile.outputs)) {
        if (!output.entryPoint) continue;
        entries[path.basename(output.entryPoint, '.js')] = {
          js: path.basename(file),
          css: output.cssBundle ? path.basename(output.cssBundle) : null,
          imports: output.imports.filter(({ kind }) => kind === 'import-statement').map((chunk) => path.basename(chunk.path)),
        };
      }
      fs.writeFileSync(path.join(dist, 'manifest.json'), `${JSON.stringify(entries, null, 2)}\n`);
      for (const [name, { js, css }] of Object.entries(entries)) console.log(`  ${name}: ${size(js)}${css ? `, ${size(css)}` : ''}`);
    });
  },
};

function size(file) {
  return `${file} ${Math.ceil(fs.statSync(path.join(dist, file)).size / 1024)} kB`;
}

const options = {
  entryPoints: ['app', 'viewer'].map((name) => path.join(here, 'frontend', `${name}.js`)),
  absWorkingDir: here,
  outdir: dist,
  bundle: true,
  splitting: true,
  format: 'esm',
  target: ['es2020'],
  minify: !watch,
  entryNames: '[name]-[hash]',
  chunkNames: 'chunk-[hash]',
  assetNames: 'asset-[hash]',
  legalComments: 'linked',
  metafile: true,
  logLevel: 'warning',
  loader: { '.woff': 'file', '.woff2': 'file', '.ttf': 'file', '.eot': 'file', '.svg': 'file' },
  plugins: [purgeTabler, manifest],
};

fs.rmSync(dist, { recursive: true, force: true });
fs.mkdirSync(dist, { recursive: true });
if (watch) await (await esbuild.context(options)).watch();
else await esbuild.build(options);
