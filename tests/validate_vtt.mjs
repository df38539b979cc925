// Validates WebVTT written by the program with the parser of the standard's working group (npm's webvtt-parser).
//   node tests/validate_vtt.mjs PROGRAM      PROGRAM DIR writes NAME.vtt and NAME.txt, the text that each must contain
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { WebVTTParser } = createRequire(import.meta.url)("webvtt-parser");
const entities = createRequire(import.meta.url)("webvtt-parser/html-entities.json");

const textOf = (node) => (node.type === "text" ? node.value : (node.children ?? []).map(textOf).join(""));

function check(directory, name) {
  const { cues, errors } = new WebVTTParser(entities).parse(readFileSync(join(directory, `${name}.vtt`), "utf8"));
  assert.deepEqual(errors, [], `${name}.vtt is not valid WebVTT`);
  const text = cues.map((cue) => `${textOf(cue.tree).replaceAll("\n", " | ")}\n`).join("");
  assert.equal(text, readFileSync(join(directory, `${name}.txt`), "utf8"), `${name}.vtt holds another text`);
  return cues.length;
}

const directory = mkdtempSync(join(tmpdir(), "vat-vtt-"));
try {
  execFileSync(process.argv[2], [directory], { stdio: "inherit" });
  const names = readdirSync(directory).filter((file) => file.endsWith(".vtt")).map((file) => file.slice(0, -4));
  assert.ok(names.length >= 5, "the program wrote too few files");
  for (const name of names) console.log(`${name}.vtt: ${check(directory, name)} cues are valid`);
} finally {
  rmSync(directory, { recursive: true });
}
