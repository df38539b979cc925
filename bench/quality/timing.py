"""How far the times of recognised words are from where they are spoken."""
import collections
import statistics

from judging import align, words_of

# One word that was recognised: seconds by which its start and its end are late, and the silence before it, if it is the first
# of its utterance.
Difference = collections.namedtuple("Difference", "start end pause")


def differences(item, places, words):
    """[Difference] of the words of one file that were recognised as they were said. `places`: for each utterance the
    [start, end] of each of its words, or None; `words`: (word, start, end) as recognised."""
    said, spoken = [], []
    for number, (text, where) in enumerate(zip(item["utterances"], places)):
        pause = item["spans"][number][0] - item["spans"][number - 1][1] if number else None
        for index, word in enumerate(words_of(text)):
            said.append(word)
            spoken.append(where and (*where[index], pause if index == 0 else None))
    # A written word may be several, or none ("-").
    parts = [(part, start, end) for word, start, end in words for part in words_of(word)]
    found = []
    for i, j in align(said, [part for part, _, _ in parts]).matches:
        if spoken[i]:
            start, end, pause = spoken[i]
            found.append(Difference(parts[j][1] - start, parts[j][2] - end, pause))
    return found


def percentile(values, share):
    """The smallest value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)] if ordered else None


def sum_up(found):
    """In milliseconds; None where there is nothing to measure."""
    def of(values, measure):
        return round(1000 * measure(values)) if values else None
    starts, ends = ([abs(getattr(one, edge)) for one in found] for edge in ("start", "end"))
    after = [one.start for one in found if one.pause is not None and one.pause >= 1]
    return {"words": len(found), "start_median": of(starts, statistics.median), "start_p95": of(starts, lambda v: percentile(v, 95)),
            "end_median": of(ends, statistics.median), "end_p95": of(ends, lambda v: percentile(v, 95)),
            "bias": of([one.start for one in found], statistics.median),
            "after_pauses": len(after), "after_median": of([abs(late) for late in after], statistics.median),
            "after_p95": of([abs(late) for late in after], lambda v: percentile(v, 95))}
