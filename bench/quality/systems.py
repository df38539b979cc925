"""The recognisers that are measured: how each is had, called, and read. One process transcribes all files of a set."""
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

from material import run_quietly

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LAST_WORDS = 300  # characters of a failed program's messages


class Unavailable(Exception):
    """A system that cannot be measured; its text is one sentence for the user."""


class Outcome:
    """What one process did: {file: {text, language, coverage, words}}, wall-clock seconds, peak memory in MiB."""

    def __init__(self, files, seconds, rss_mib, load_seconds=None):
        self.files, self.seconds, self.rss_mib, self.load_seconds = files, seconds, rss_mib, load_seconds


def run_measured(command, folder, environment=None):
    """(exit status, seconds, peak resident memory in MiB or None, the end of what it said); all of one process."""
    with open(folder / "messages", "w+b") as messages:
        begin = time.monotonic()
        process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=messages, env=environment)
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        seconds = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        messages.seek(0)
        said = messages.read().decode(errors="replace").strip()
    # Linux counts into a child's peak that of the process that started it: a smaller one cannot be told.
    known = usage.ru_maxrss > resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return process.returncode, seconds, round(usage.ru_maxrss / 1024, 1) if known else None, said[-LAST_WORDS:]


def read_json(path):
    """The document, or None if it was not written or cannot be read."""
    try:
        # whisper-cli may cut a character in two.
        return json.loads(path.read_bytes().decode(errors="replace"))
    except (OSError, ValueError):
        return None


class Vat:
    def __init__(self, options, *more):
        self._options, self._more = options, more
        if not os.access(options.vat, os.X_OK):
            raise Unavailable(f"{options.vat} is no program; build vat by ./run, or name it with --vat.")
        if not options.model:
            raise Unavailable("No model is given; name a whisper.cpp file with --model (`vat models pull base` fetches one).")
        self._cache = options.folder / "vat-cache"
        self._link_detector()

    def _link_detector(self):
        """Into vat's cache, where it is looked for. With another detector nothing can be compared with other measurements."""
        beside = sorted(pathlib.Path(self._options.model).resolve().parent.glob("ggml-silero-*.bin"))
        if not beside:
            raise Unavailable("Silero's weights are not beside the model; `vat models pull` fetches both.")
        models = self._cache / "models"
        models.mkdir(parents=True, exist_ok=True)
        for file in beside:
            (models / file.name).unlink(missing_ok=True)
            (models / file.name).symlink_to(file)

    def transcribe(self, files, folder):
        results = folder / "results"
        results.mkdir()
        environment = dict(os.environ, VAT_CACHE=str(self._cache))
        status, seconds, rss, said = run_measured(
            [self._options.vat, "transcribe", *files, "--output", results, "--format", "json", "--model", self._options.model,
             "--engine", "whisper", "--threads", self._options.threads, "--offline", "--no-resume", "--force", "--quiet",
             *self._more, *self._options.vat_options], folder, environment)
        read = {file: read_json(results / f"{pathlib.Path(file).stem}.json") for file in files}
        if status not in (0, 1) and not any(read.values()):
            raise Unavailable(f"vat ended with {status}: {said}")
        texts = {file: {"text": said["text"], "language": said.get("language_code"), "coverage": coverage(said),
                        "words": [(word["word"], word["start"], word["end"]) for word in said["words"]]} if said else None
                 for file, said in read.items()}
        return Outcome(texts, seconds, rss)


def coverage(document):
    """The share of what sounds like speech that has words; None if there is none, or an older vat does not say."""
    value = document.get("coverage")
    return value["with_words"] / value["speech"] if value and value["speech"] > 0 else None


class WhisperCli:
    def __init__(self, options, *more):
        self._options, self._more = options, more
        if not options.model:
            raise Unavailable("No model is given; name a whisper.cpp file with --model.")
        self._program = build_whisper_cli()

    def transcribe(self, files, folder):
        outputs = {file: folder / f"{number}" for number, file in enumerate(files)}
        names = [part for file in files for part in ("-f", file, "-of", outputs[file])]
        # The language is detected, as by the others; whisper-cli's own default is English.
        status, seconds, rss, said = run_measured(
            [self._program, "-m", self._options.model, "-t", self._options.threads, "-l", "auto", "-np", "-oj", *self._more, *names],
            folder)
        read = {file: read_json(pathlib.Path(f"{output}.json")) for file, output in outputs.items()}
        if status and not any(read.values()):
            raise Unavailable(f"whisper-cli ended with {status}: {said}")
        texts = {file: {"text": " ".join(part["text"].strip() for part in said["transcription"]),
                        "language": said["result"]["language"], "words": words_of_tokens(said)} if said else None
                 for file, said in read.items()}
        return Outcome(texts, seconds, rss)


def words_of_tokens(document):
    """[(word, start, end)] in seconds, of a document of whisper-cli with tokens; a word begins with a space."""
    words = []
    for token in (token for part in document["transcription"] for token in part.get("tokens", [])):
        if token["text"].startswith("[_"):
            continue
        start, end = (token["offsets"][edge] / 1000 for edge in ("from", "to"))
        if token["text"].startswith(" ") or not words:
            words.append((token["text"].strip(), start, end))
        else:
            words[-1] = (words[-1][0] + token["text"], words[-1][1], end)
    return words


def build_whisper_cli():
    """whisper-cli of the pinned source with its default options, as bench/compare builds it."""
    source, build = ROOT / "node_modules/nodejs-whisper/cpp/whisper.cpp", ROOT / "build/whisper-cli"
    program = build / "bin/whisper-cli"
    if program.exists():
        return program
    if not (source / "CMakeLists.txt").exists():
        raise Unavailable("whisper.cpp's source is not in node_modules; ./run fetches it.")
    print("Building whisper-cli with its default options", file=sys.stderr)
    for command in (["cmake", "-S", source, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release"],
                    ["cmake", "--build", build, "--target", "whisper-cli"]):
        if said := run_quietly([str(part) for part in command]):
            raise Unavailable(f"whisper-cli could not be built: {said}")
    return program


class FasterWhisper:
    def __init__(self, options, beam, batch, **more):
        self._options, self._beam, self._batch, self._more = options, beam, batch, more
        if not options.ct2:
            raise Unavailable("No CTranslate2 model is given; name a folder with model.bin, config.json, tokenizer.json and "
                              "vocabulary.json with --ct2.")
        if absent := [name for name in ("model.bin", "config.json", "tokenizer.json") if not (options.ct2 / name).exists()]:
            raise Unavailable(f"{options.ct2} holds no {' and no '.join(absent)}.")
        self._python = install_peers(options.folder)

    def transcribe(self, files, folder):
        request, answer = folder / "request.json", folder / "answer.json"
        request.write_text(json.dumps({"model": str(self._options.ct2), "threads": self._options.threads, "beam": self._beam,
                                       "batch": self._batch, "more": self._more, "files": files}))
        status, seconds, rss, said = run_measured([self._python, HERE / "peer.py", request, answer], folder,
                                                  dict(os.environ, HF_HUB_OFFLINE="1"))
        read = read_json(answer)
        if status or not read:
            raise Unavailable(f"faster-whisper ended with {status}: {said}")
        return Outcome({file: read["files"].get(file) for file in files}, seconds, rss, read["load_seconds"])


def install_peers(folder, name="peers", what="faster-whisper"):
    """The Python of a virtual environment with what NAME.txt pins."""
    environment, pinned = folder / name, HERE / f"{name}.txt"
    python, stamp = environment / "bin/python", environment / "installed"
    if stamp.exists() and stamp.read_text() == pinned.read_text():
        return python
    print(f"Installing {what} into build/", file=sys.stderr)
    shutil.rmtree(environment, ignore_errors=True)
    for command in ([sys.executable, "-m", "venv", environment],
                    [python, "-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:", "--no-deps",
                     "--requirement", pinned]):
        if said := run_quietly([str(part) for part in command]):
            raise Unavailable(f"{what} could not be installed: {said}")
    stamp.write_text(pinned.read_text())
    return python


# Name to what it is and how it is made from the options.
SYSTEMS = {
    "vat": ("as it comes", lambda options: Vat(options)),
    "vat-b5": ("--beam-size 5", lambda options: Vat(options, "--beam-size", "5")),
    "vat-mixed": ("--mixed-languages", lambda options: Vat(options, "--mixed-languages")),
    "whisper-cli": ("as it comes, which is 5 beams; detects the language", lambda options: WhisperCli(options)),
    "whisper-cli-b1": ("greedy; detects the language", lambda options: WhisperCli(options, "-bs", "1")),
    "faster-b1": ("faster-whisper int8, greedy", lambda options: FasterWhisper(options, 1, 0)),
    "faster-b5": ("faster-whisper int8, as it comes, which is 5 beams", lambda options: FasterWhisper(options, 5, 0)),
    "vat-translate": ("--translate", lambda options: Vat(options, "--translate")),
    "whisper-cli-translate-b1": ("greedy, translates", lambda options: WhisperCli(options, "-bs", "1", "-tr")),
    "faster-translate-b1": ("faster-whisper int8, greedy, translates", lambda options: FasterWhisper(options, 1, 0, task="translate")),
    "faster-mixed-b1": ("faster-whisper int8, greedy, multilingual=True", lambda options: FasterWhisper(options, 1, 0, multilingual=True)),
    "faster-batched-b1": ("the same in batches of 8 windows, greedy", lambda options: FasterWhisper(options, 1, 8)),
    "faster-batched-b5": ("the same in batches of 8 windows, 5 beams", lambda options: FasterWhisper(options, 5, 8)),
}


# The special systems run on their set only, and nothing else translates.
SPECIAL = {"mixed": ["vat-mixed", "faster-mixed-b1"], "translate": ["vat-translate", "whisper-cli-translate-b1", "faster-translate-b1"]}


def suits(system, name):
    if any(system in special for special in SPECIAL.values()):
        return system in SPECIAL.get(name, [])
    return name != "translate"


def measure(system, items):
    """An Outcome for the files of one set, which are in the page cache by then."""
    files = [str(one["file"]) for one in items]
    for file in files:
        pathlib.Path(file).read_bytes()
    with tempfile.TemporaryDirectory(prefix="accuracy-") as folder:
        return system.transcribe(files, pathlib.Path(folder))
