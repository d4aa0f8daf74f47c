#!/usr/bin/env node
/** The command line, `pocket-hsm`. */

import { Argument, Command, CommanderError, Option } from "commander";
import type { AcvpSettings } from "./acvp.ts";
import { CommandError } from "./command-error.ts";
import { WALKTHROUGHS } from "./demo/walkthroughs.ts";
import * as read from "./options.ts";
import type { P11Settings } from "./p11.ts";
import { packageManifest } from "./package.ts";
import type { ServeSettings } from "./serve.ts";
import type { VerifySettings } from "./verify.ts";

function program(): Command {
  const { version, description } = packageManifest();
  const pocketHsm = new Command("pocket-hsm")
    .description(description)
    .version(version)
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "pocket-hsm: ")) });

  pocketHsm
    .command("serve")
    .description("serve a KMS endpoint")
    .addOption(new Option("--port <port>", "port to listen on; 0 picks one").argParser(read.port).default(4599))
    .addOption(new Option("--host <host>", "address to listen on").default("127.0.0.1"))
    .addOption(
      new Option("--store <store>", "where state lives; only memory exists yet")
        .argParser(read.store)
        .default("memory"),
    )
    .addOption(
      new Option("--seed <file>", "YAML or JSON with keys, aliases, policies, access keys; applied at the start"),
    )
    .addOption(
      new Option("--entropy-seed <hex>", "makes a run reproducible: 16 to 64 bytes").argParser(read.entropySeed),
    )
    .addOption(new Option("--account <id>", "the account").argParser(read.account).default("111122223333"))
    .addOption(new Option("--region <region>", "the region").argParser(read.region).default("us-east-1"))
    .option("--sm2", "offer the key spec SM2 outside the China Regions too")
    .addOption(
      new Option("--xks-proxy <name=address...>", "where an external key store proxy really is").argParser(read.route),
    )
    .option("--cors <origin...>", "let pages of these origins read the answers")
    .addOption(
      new Option("--auth <auth>", "whether requests must be signed (sigv4) or are believed")
        .choices(["none", "sigv4"])
        .default("none"),
    )
    .addOption(
      new Option("--engine <engine>", "whose cryptography: our own, or Node's where it does the same")
        .choices(["pure", "node"])
        .default("pure"),
    )
    .addOption(hardened())
    .addOption(new Option("--control", "have control routes for tests below /_pocket-hsm/; on with --auth none"))
    .addOption(new Option("--no-control", "have none"))
    .action(async (settings: ServeSettings) => {
      const { serve } = await import("./serve.ts");
      await serve(settings);
    });

  pocketHsm
    .command("demo")
    .description("run the walkthroughs step by step, in this process, with OpenSSL as the other party")
    .addArgument(new Argument("[walkthrough]").choices(WALKTHROUGHS.map(({ name }) => name)))
    .action(async (name?: string) => {
      const { demo } = await import("./demo/run.ts");
      process.exitCode = await demo(name);
    });

  pocketHsm
    .command("verify")
    .description("run the vectors of NIST, Wycheproof and others through the token")
    .option("--suite <name...>", "only these suites")
    .option("--algorithm <name...>", "only these algorithms; AES is all that begin so")
    .option("--source <name...>", "only vectors of these sources, such as wycheproof, cavp, acvp")
    .addOption(new Option("--case <file#id...>", "only these cases").conflicts("sample"))
    .addOption(
      new Option("--sample <n>", "at most n cases of each file, always the same ones").argParser(read.positive),
    )
    .addOption(new Option("--engine <engine>", "whose cryptography").choices(["pure", "node"]).default("pure"))
    .addOption(hardened())
    .addOption(
      new Option("--module <file>", "run a PKCS #11 module instead of our token (needs pkcs11js)").conflicts([
        "engine",
        "hardened",
        "updatePins",
      ]),
    )
    .option(
      "--slot <id-or-label>",
      "the module's slot, or the label of its token; the first one with a token by default",
    )
    .option("--pin <pin>", "the user's PIN for the module; without it nobody logs in")
    .addOption(
      new Option("--jobs <n>", "worker threads; one a core by default, for a module one process").argParser(
        read.positive,
      ),
    )
    .option("--fail-fast", "end at the first failure")
    .option("--list", "list the selected files and run nothing")
    .option(
      "--vectors <dir>",
      "a folder with a SOURCES.tsv or with Wycheproof's files, instead of the installed package",
    )
    .option("--json <file>", "write the report as JSON")
    .option("--junit <file>", "write the report as JUnit XML")
    .option("--html <file>", "write the report as one HTML page")
    .option("--merge <file...>", "run nothing; make one HTML page of these JSON reports")
    .option("--unpinned", "run files whose verdicts are not pinned, such as your own")
    .addOption(
      new Option("--update-pins", "pin the verdicts of this run, in the repository only").conflicts([
        "case",
        "sample",
        "failFast",
        "list",
      ]),
    )
    .action(async (settings: VerifySettings) => {
      const { verify } = await import("./verify.ts");
      process.exitCode = await verify(settings);
    });

  pocketHsm
    .command("p11")
    .description("serve the token to native programs, as a PKCS #11 module through p11-kit-client.so")
    .requiredOption("--socket <path>", "the Unix socket to make; its folder is made with mode 0700 if it is not there")
    .addOption(new Option("--pin <pin>", "the user's PIN; without it no login is required").env("POCKET_HSM_PIN"))
    .addOption(new Option("--so-pin <pin>", "the SO's PIN; the user's by default").env("POCKET_HSM_SO_PIN"))
    .addOption(new Option("--label <text>", "label of the first token").default("pocket-hsm"))
    .addOption(
      new Option("--slots <n>", "number of slots; tokens but the first wait to be initialised")
        .argParser(read.positive)
        .default(1),
    )
    .addOption(
      new Option("--policy <policy>", "the standard's laxer rules (pkcs11) are what most native programs need")
        .choices(["strict", "pkcs11"])
        .default("strict"),
    )
    .addOption(
      new Option("--entropy-seed <hex>", "makes a run reproducible: 16 to 64 bytes").argParser(read.entropySeed),
    )
    .addOption(new Option("--engine <engine>", "whose cryptography").choices(["pure", "node"]).default("pure"))
    .addOption(hardened())
    .action(async (settings: P11Settings) => {
      const { p11 } = await import("./p11.ts");
      await p11(settings);
    });

  pocketHsm
    .command("acvp")
    .description("answer a prompt of NIST's ACVP through the token; the response goes to standard output")
    .argument("[prompt]", "a JSON file as NIST's server gives it; - or nothing is standard input")
    .option("--check <expected>", "compare the answers with these expected results")
    .addOption(
      new Option("--response <file>", "answer nothing; check this response instead, which may be another HSM's"),
    )
    .addOption(new Option("--engine <engine>", "whose cryptography").choices(["pure", "node"]).default("pure"))
    .addOption(hardened())
    .option("--capabilities", "print the algorithms of a registration")
    .action(async (prompt: string | undefined, settings: AcvpSettings) => {
      const { acvp } = await import("./acvp.ts");
      process.exitCode = await acvp(prompt, settings);
    });
  return pocketHsm;
}

function hardened(): Option {
  return new Option("--hardened", "our own cryptography with no table look-ups in AES").conflicts("engine");
}

/** Whoever reads the output may stop reading, as `head` does. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

/** What was typed wrongly has been reported by commander itself; `--help` and `--version` have exit status 0. */
try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    const known = error instanceof CommandError;
    process.stderr.write(`pocket-hsm: ${known ? error.message : `unexpected error: ${String(error)}`}\n`);
    process.exitCode = known ? error.exitStatus : 1;
  }
}
