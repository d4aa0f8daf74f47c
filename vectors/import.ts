/**
 * Rebuilds the folder from the Debian packages that `SOURCES.tsv` names: `npm run vectors:import -- [--from DIR]
 * [--update]`. The README says what each option is for.
 */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { brotliCompress, constants, gunzipSync } from "node:zlib";
import { caseIds } from "../src/conformance/parsers/formats.ts";
import { formatManifest, parseManifest, type VectorFile } from "../src/conformance/parsers/manifest.ts";
import { vectorsDirectory } from "./check.ts";

/** Where the files of a source lie: in which archives, and, when it is a binary package, under which of its folders. */
interface Source {
  readonly archives: readonly string[];
  readonly packageRoot?: string;
}

/** By the first folder of a file's path. An archive is the path inside `<its first folder>.tar.xz`. */
const SOURCES: Readonly<Record<string, Source>> = {
  boringssl: { archives: ["boringssl"] },
  botan: { archives: ["botan"] },
  circl: {
    archives: ["circl-acvp", "derived"],
    packageRoot: "usr/share/gocode/src/github.com/cloudflare/circl",
  },
  openssl: { archives: ["openssl/30-test_evp_data", "derived"] },
  pyca: {
    archives: ["pyca-cryptography-vectors"],
    packageRoot: "usr/lib/python3/dist-packages/cryptography_vectors",
  },
  pycryptodome: { archives: ["pycryptodome"] },
  wycheproof: {
    archives: ["wycheproof/testvectors_v1"],
    packageRoot: "usr/share/gocode/src/github.com/c2sp/wycheproof/testvectors_v1",
  },
};

/** The suite whose packages the manifest names; the machine's own may be older. */
const SUITE = "sid";

const compress = promisify(brotliCompress);

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { from: { type: "string" }, update: { type: "boolean", default: false } } });
  const work = mkdtempSync(join(tmpdir(), "vectors-"));
  try {
    const files = parseManifest(readFileSync(join(vectorsDirectory, "SOURCES.tsv"), "utf8"));
    const originals = collect(files, work, values.from);
    const rebuilt = await Promise.all(files.map((file) => rebuild(file, originals.get(file.path)!, values.update)));
    for (const source of Object.keys(SOURCES)) rmSync(join(vectorsDirectory, source), { recursive: true, force: true });
    for (const { file, packed } of rebuilt) {
      mkdirSync(dirname(join(vectorsDirectory, file.path)), { recursive: true });
      writeFileSync(join(vectorsDirectory, file.path), packed);
    }
    writeFileSync(join(vectorsDirectory, "SOURCES.tsv"), formatManifest(rebuilt.map(({ file }) => file)));
    const bytes = rebuilt.reduce((sum, { packed }) => sum + packed.length, 0);
    console.log(`${rebuilt.length} files, ${(bytes / 1e6).toFixed(1)} MB`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Every listed file as its package has it: from the archives first, then from the package itself. */
function collect(files: readonly VectorFile[], work: string, from: string | undefined): Map<string, Buffer> {
  const originals = new Map<string, Buffer>();
  const missing: string[] = [];
  for (const [name, source] of Object.entries(SOURCES)) {
    const wanted = files.filter((file) => file.path.startsWith(`${name}/`));
    const find = (roots: readonly string[]): void => {
      for (const { path } of wanted) {
        const inside = path.slice(name.length + 1, -".br".length);
        const found = originals.has(path) ? undefined : read(roots.map((root) => join(root, inside)));
        if (found !== undefined) originals.set(path, found);
      }
    };
    if (from !== undefined) find(source.archives.map((archive) => unpackArchive(archive, from, work)));
    const [first] = wanted.filter(({ path }) => !originals.has(path));
    if (first !== undefined && source.packageRoot !== undefined)
      find([join(unpackPackage(first, work, from), source.packageRoot)]);
    missing.push(...wanted.filter(({ path }) => !originals.has(path)).map(({ path }) => path));
  }
  if (missing.length > 0)
    throw new Error(`not found, give the directory of the archives with --from:\n  ${missing.join("\n  ")}`);
  return originals;
}

/** The first of these files, uncompressed when the package stores it compressed. */
function read(paths: readonly string[]): Buffer | undefined {
  for (const path of paths) {
    if (existsSync(path)) return readFileSync(path);
    if (existsSync(`${path}.gz`)) return gunzipSync(readFileSync(`${path}.gz`));
    // Two files of BoringSSL end in "EOF.", left over from the script that wrote them; the rest of the file is JSON.
    if (existsSync(`${path}.bz2`)) {
      const text = execFileSync("bzip2", ["-dc", `${path}.bz2`], { maxBuffer: 2 ** 28 }).toString("utf8");
      return Buffer.from(text.replace(/\nEOF\.\n$/, "\n"));
    }
  }
  return undefined;
}

function unpackArchive(archive: string, from: string, work: string): string {
  const name = archive.split("/")[0]!;
  const path = join(from, `${name}.tar.xz`);
  if (existsSync(path) && !existsSync(join(work, name))) execFileSync("tar", ["-xJf", path, "-C", work]);
  return join(work, archive);
}

/** The package of this file, from a `.deb` in `--from` or by apt, unpacked. */
function unpackPackage(file: VectorFile, work: string, from: string | undefined): string {
  const name = `${file.package}_${file.version}_all.deb`;
  const deb = from !== undefined && existsSync(join(from, name)) ? join(from, name) : download(file, name, work);
  const root = join(work, file.package);
  mkdirSync(root);
  execFileSync("dpkg-deb", ["-x", deb, root]);
  return root;
}

/** apt with lists of its own: the suite is another than the machine's, the mirror and the keyring are the machine's. */
function download(file: VectorFile, name: string, work: string): string {
  const apt = join(work, "apt");
  const options = [
    `Dir::Etc::SourceList=${apt}/suite.sources`,
    "Dir::Etc::SourceParts=/dev/null",
    `Dir::State::Lists=${apt}/lists`,
    `Dir::Cache=${apt}/cache`,
    "APT::Sandbox::User=root",
  ].flatMap((option) => ["-o", option]);
  if (!existsSync(apt)) {
    const format = "$(ORIGIN) $(REPO_URI)";
    const targets = execFileSync("apt-get", ["indextargets", "--format", format, "Created-By: Packages"]).toString();
    const mirror = /^Debian (\S+)$/m.exec(targets)?.[1];
    if (mirror === undefined) throw new Error("apt knows no Debian mirror here; give the archives with --from");
    for (const folder of ["lists/partial", "cache/archives/partial"]) mkdirSync(join(apt, folder), { recursive: true });
    const fields = ["Types: deb", `URIs: ${mirror}`, `Suites: ${SUITE}`, "Components: main"];
    const keyring = "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg";
    writeFileSync(join(apt, "suite.sources"), `${[...fields, keyring].join("\n")}\n`);
    execFileSync("apt-get", [...options, "-qq", "update"], { stdio: ["ignore", "ignore", "inherit"] });
  }
  console.log(`downloading ${file.package} ${file.version}`);
  execFileSync("apt-get", [...options, "-qq", "download", `${file.package}=${file.version}`], {
    cwd: work,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return join(work, name.replaceAll(":", "%3a"));
}

/** The file compressed, with its line of the manifest. Without `update`, a file or a count that changed is an error. */
async function rebuild(
  file: VectorFile,
  original: Buffer,
  update: boolean,
): Promise<{ file: VectorFile; packed: Buffer }> {
  const cases = caseIds(file.format, original.toString("utf8")).length;
  const originalSha256 = sha256(original);
  if (!update && (originalSha256 !== file.originalSha256 || cases !== file.cases))
    throw new Error(`${file.path}: the package holds another file or count than SOURCES.tsv; see --update`);
  const packed = await compress(original, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: original.length,
    },
  });
  return { file: { ...file, sha256: sha256(packed), originalSha256, cases }, packed };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

await main();
