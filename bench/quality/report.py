"""Tables of what was measured, and of the differences of two measurements."""
import statistics

from material import SETS

CHANGED_FILES = 20  # of a set, at most, that a comparison names


def median_of(runs, key):
    """The median of the runs that have this measure, or None."""
    values = [run[key] for run in runs if run.get(key) is not None]
    return statistics.median(values) if values else None


def number(value, form="{:.2f}"):
    if value is None:
        return "-"
    return f"{value:g}" if form == "g" else form.format(value)


def share(runs, key, total):
    value = median_of(runs, key)
    return "-" if value is None else f"{value:g}/{median_of(runs, total):g}"


def table(title, columns, rows):
    """rows: [[first, ...]], already text."""
    rows = [[title, *columns], *rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]) for row in rows]
    return "\n".join(["", lines[0], "-" * len(lines[0]), *lines[1:]])


def runs_of(document, system, name):
    return [run["summary"] for run in document["results"].get(system, {}).get(name, {}).get("runs", [])]


def column_table(document, title, key, cell):
    """One row a system, one column a set; sets in which no system has `key` are left out."""
    results = document["results"]
    names = [name for name in SETS if any(median_of(runs_of(document, system, name), key) is not None for system in results)]
    if not names:
        return ""
    return table(title, names, [[system, *(cell(runs_of(document, system, name)) for name in names)] for system in results])


def language_table(document):
    rows, languages = [], []
    for system, sets in document["results"].items():
        per_language = {}
        for run in sets.get("languages", {}).get("runs", []):
            for name, judged in run["files"].items():
                language = name.partition("-")[0]
                found = per_language.setdefault(language, [0, 0, 0, 0])
                found[0] += judged.get("errors", 0)
                found[1] += judged.get("words", 0)
                found[2] += judged["language_hit"]
                found[3] += 1
        languages = languages or sorted(per_language)
        if per_language:
            rows.append([system, *(f"{100 * e / max(w, 1):.1f} ({hit}/{files})" for e, w, hit, files in
                                   (per_language.get(language, (0, 0, 0, 0)) for language in languages))])
    return table("Errors, % (languages right)", languages, rows) if rows else ""


def render(document):
    """Everything that a person wants to read of one measurement."""
    parts = [
        column_table(document, "Word error, %", "word_error", lambda runs: number(scaled(median_of(runs, "word_error"), 100))),
        column_table(document, "Utterances lost", "lost", lambda runs: share(runs, "lost", "utterances")),
        language_table(document),
        other_table(document),
        column_table(document, "Wall, s", "seconds", lambda runs: spread(runs, "seconds")),
        column_table(document, "Peak memory, MiB", "rss_mib", lambda runs: number(median_of(runs, "rss_mib"), "{:.0f}")),
        column_table(document, "Of the wall: load, s", "load_seconds", lambda runs: number(median_of(runs, "load_seconds"), "{:.1f}")),
        column_table(document, "Coverage, mean (least)", "coverage_mean", lambda runs:
                     f"{number(median_of(runs, 'coverage_mean'), '{:.3f}')} ({number(median_of(runs, 'coverage_min'), '{:.3f}')})"),
        column_table(document, "Files without a result", "failed", lambda runs: number(median_of(runs, "failed"), "g"))
        if any(run.get("failed") for system in document["results"] for name in SETS for run in runs_of(document, system, name)) else "",
    ]
    return "\n".join(part for part in parts if part)


def scaled(value, factor):
    return None if value is None else value * factor


def spread(runs, key):
    values = [run[key] for run in runs if run.get(key) is not None]
    if not values:
        return "-"
    text = f"{statistics.median(values):.1f}"
    return text if len(values) == 1 else f"{text} ({min(values):.1f}-{max(values):.1f})"


def other_table(document):
    rows = []
    for system in document["results"]:
        noise, ends = runs_of(document, system, "noise"), runs_of(document, system, "early-end")
        if noise or ends:
            rows.append([system, number(median_of(noise, "recognised_words"), "g"), number(median_of(noise, "annotated_words"), "g"),
                         share(ends, "ends_well", "ending_files")])
    return table("Other", ["words invented in noise", "in brackets there", "early-end ends well"], rows) if rows else ""


# --- two measurements

COMPARED = [("word_error", "word error, %", 100, "{:.2f}"), ("lost", "utterances lost", 1, "{:g}"),
            ("language_hit", "languages right", 1, "{:g}"), ("ends_well", "ends well", 1, "{:g}"),
            ("recognised_words", "words", 1, "{:g}"), ("coverage_mean", "coverage", 1, "{:.3f}"),
            ("seconds", "wall, s", 1, "{:.1f}"), ("rss_mib", "peak memory, MiB", 1, "{:.0f}")]


def differences(old, new):
    """What changed from one document to the other, of the systems and sets that are in both."""
    lines = ["", f"Differences: {old['date']} on {old['processor']}", f"          to {new['date']} on {new['processor']}"]
    for key in ("model", "threads", "quick"):
        if old.get(key) != new.get(key):
            lines.append(f"  Not alike: {key} was {old.get(key)}, is {new.get(key)}.")
    for name in SETS:
        before, now = old["sets"].get(name), new["sets"].get(name)
        if before and now and before["digest"] != now["digest"]:
            lines.append(f"  Not alike: the files of {name} are others.")
    rows = [row for system in new["results"] for name in SETS for row in _changes(old, new, system, name)]
    lines.append(table("", ["set", "measure", "before", "now", "difference"], rows) if rows else "  Nothing that both measured differs.")
    lines += [line for system in new["results"] for name in SETS for line in _changed_files(old, new, system, name)]
    return "\n".join(lines)


def _changes(old, new, system, name):
    before, now = runs_of(old, system, name), runs_of(new, system, name)
    for key, title, factor, form in COMPARED if before and now else []:
        a, b = scaled(median_of(before, key), factor), scaled(median_of(now, key), factor)
        if a is not None and b is not None and form.format(a) != form.format(b):
            ratio = f" ({b / a:.2f}x)" if key in ("seconds", "rss_mib") and a else ""
            yield [system, name, title, form.format(a), form.format(b), ("+" if b > a else "") + form.format(b - a) + ratio]


def _changed_files(old, new, system, name):
    """Files whose number of errors or lost utterances changed, of the first runs."""
    sides = [document["results"].get(system, {}).get(name, {}).get("runs", []) for document in (old, new)]
    if not all(sides):
        return
    before, now = (side[0]["files"] for side in sides)
    changed = [(file, before[file], now[file]) for file in now if file in before and
               any(before[file].get(key) != now[file].get(key) for key in ("errors", "lost", "language_hit", "ends_well"))]
    for file, was, is_now in changed[:CHANGED_FILES]:
        yield (f"  {system} {file}: {was.get('errors', '-')} errors to {is_now.get('errors', '-')}, lost "
               f"{was.get('lost', [])} to {is_now.get('lost', [])}")
    if len(changed) > CHANGED_FILES:
        yield f"  {system} {name}: {len(changed) - CHANGED_FILES} more files changed"
