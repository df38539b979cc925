"""How a recognised text is compared with what was said: words, word errors, lost utterances, invented words."""
import dataclasses
import re
import unicodedata

# Han, Hiragana, Katakana and their marks of repetition: scripts without spaces, compared by characters.
UNSPACED = re.compile("[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# What stands for a sound and not for speech, as Whisper's own normaliser leaves out: [Music], (wind), *sighs*.
ANNOTATION = re.compile(r"\[[^\]]*\]|\([^)]*\)|（[^）]*）|【[^】]*】|\*[^*]*\*")
FOUND_SHARE = 0.25  # an utterance of which no more than this share of words was found is lost


def words_of(text):
    """The words to compare: NFKC, without case, punctuation and annotations. Digits stay digits; apostrophes inside a
    word stay; scripts without spaces are split into characters."""
    text = unicodedata.normalize("NFKC", ANNOTATION.sub(" ", text)).casefold().replace("\u2019", "'")
    text = UNSPACED.sub(lambda match: f" {match[0]} ", text)
    # Letters, numbers and the marks of scripts such as Devanagari; everything else parts words.
    kept = "".join(c if c == "'" or unicodedata.category(c)[0] in "LNM" else " " for c in text)
    return [word for word in (part.strip("'") for part in kept.split()) if word]


def annotated_words(text):
    """How many words stand in annotations."""
    return sum(len(words_of(match.strip("[]()（）【】*"))) for match in ANNOTATION.findall(text))


@dataclasses.dataclass
class Alignment:
    """The fewest edits that turn the reference into the recognised words; of those, the most words found."""
    substitutions: int
    insertions: int
    deletions: int
    found: list  # for each word of the reference, whether it was recognised
    matches: list  # (position in the reference, position in what was recognised) of each word found, the last one first

    @property
    def errors(self):
        return self.substitutions + self.insertions + self.deletions


DIAGONAL, UP, LEFT = 0, 1, 2


def align(reference, recognised):
    """Levenshtein's distance with its path. Takes time and memory proportional to the product of both lengths."""
    edit = len(reference) + 1  # more than all matches together, which only decide between equal numbers of edits
    row = [j * edit for j in range(len(recognised) + 1)]
    moves = []
    for i, said in enumerate(reference):
        diagonal, row[0] = row[0], (i + 1) * edit
        left = row[0]
        steps = bytearray(len(recognised))
        for j, word in enumerate(recognised):
            up = row[j + 1]
            best, step = (diagonal - 1 if said == word else diagonal + edit), DIAGONAL
            if up + edit < best:
                best, step = up + edit, UP
            if left + edit < best:
                best, step = left + edit, LEFT
            steps[j] = step
            diagonal, row[j + 1], left = up, best, best
        moves.append(steps)
    return _walk_back(reference, recognised, moves)


def _walk_back(reference, recognised, moves):
    result = Alignment(0, 0, 0, [False] * len(reference), [])
    i, j = len(reference), len(recognised)
    while i and j:
        step = moves[i - 1][j - 1]
        if step == DIAGONAL:
            i, j = i - 1, j - 1
            result.found[i] = reference[i] == recognised[j]
            result.substitutions += not result.found[i]
            if result.found[i]:
                result.matches.append((i, j))
        elif step == UP:
            i -= 1
            result.deletions += 1
        else:
            j -= 1
            result.insertions += 1
    result.deletions += i
    result.insertions += j
    return result


def lost_utterances(utterances, found):
    """Positions of the utterances (lists of words, in order) of which hardly a word was found; `found` is for all."""
    lost, at = [], 0
    for position, utterance in enumerate(utterances):
        count = sum(found[at:at + len(utterance)])
        at += len(utterance)
        if utterance and count <= FOUND_SHARE * len(utterance):
            lost.append(position)
    return lost


def judge(item, recognised):
    """What is measured of one file. `item` has `utterances` (texts, or None), `language` and `ending`, `recognised` has
    `text`, `language` and perhaps `coverage`."""
    text, said = recognised["text"], words_of(recognised["text"])
    judged = {"text": text, "recognised_words": len(said), "annotated_words": annotated_words(text)}
    if item["utterances"] is not None:
        utterances = [words_of(utterance) for utterance in item["utterances"]]
        reference = [word for utterance in utterances for word in utterance]
        alignment = align(reference, said)
        judged |= {"words": len(reference), "errors": alignment.errors, "substitutions": alignment.substitutions,
                   "insertions": alignment.insertions, "deletions": alignment.deletions}
        if len(utterances) > 1:
            judged |= {"utterances": len(utterances), "lost": lost_utterances(utterances, alignment.found)}
    if item.get("language"):
        judged["detected"] = recognised.get("language") or ""
        judged["language_hit"] = judged["detected"] == item["language"]
    if item.get("ending"):
        ending = words_of(item["ending"])
        judged["ends_well"] = said[-len(ending):] == ending
    if recognised.get("coverage") is not None:
        judged["coverage"] = recognised["coverage"]
    return judged


def sum_up(items):
    """One set's measures from those of its files. A key is missing where none of the files has it."""
    items = list(items)
    summary = {"files": len(items), "recognised_words": sum(item["recognised_words"] for item in items),
               "annotated_words": sum(item["annotated_words"] for item in items)}
    for key in ("words", "errors", "substitutions", "insertions", "deletions", "utterances"):
        if any(key in item for item in items):
            summary[key] = sum(item.get(key, 0) for item in items)
    if summary.get("words"):
        summary["word_error"] = summary["errors"] / summary["words"]
    if summary.get("utterances"):
        summary["lost"] = sum(len(item["lost"]) for item in items if "lost" in item)
    for key, total in (("language_hit", "language_files"), ("ends_well", "ending_files")):
        if having := [item for item in items if key in item]:
            summary[key], summary[total] = sum(item[key] for item in having), len(having)
    if coverages := [item["coverage"] for item in items if "coverage" in item]:
        summary["coverage_mean"], summary["coverage_min"] = sum(coverages) / len(coverages), min(coverages)
    return summary
