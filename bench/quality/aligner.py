#!/usr/bin/env python3
"""aligner.py REQUEST ANSWER: where each word of a known text is in a recording, by PocketSphinx's forced alignment.

Run by bench/word_times with the Python of the virtual environment in which pocketsphinx is installed. REQUEST is JSON:
[[WAV file, start, end, words], ...], times in seconds; ANSWER is a list of [[start, end] of each word], in seconds of the
file, or null where a word is not in the dictionary or the text does not fit.
"""
import json
import sys
import wave

from pocketsphinx import Decoder

RATE, FRAMES = 16000, 100  # samples and frames in a second


def align(file, start, end, words):
    decoder = Decoder(lm=None, loglevel="FATAL", samprate=RATE)
    if any(decoder.lookup_word(word) is None for word in words):
        return None
    with wave.open(file) as recording:
        recording.setpos(round(start * RATE))
        samples = recording.readframes(round((end - start) * RATE))
    decoder.set_align_text(" ".join(words))
    decoder.start_utt()
    decoder.process_raw(samples, full_utt=True)
    decoder.end_utt()
    # Fillers are in brackets, and pronunciations other than the first have a number.
    found = [segment for segment in decoder.seg() or [] if segment.word[0] not in "<[("]
    if [segment.word.partition("(")[0] for segment in found] != words:
        return None
    return [[start + segment.start_frame / FRAMES, start + (segment.end_frame + 1) / FRAMES] for segment in found]


def main(request_path, answer_path):
    with open(request_path, encoding="utf-8") as file:
        request = json.load(file)
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump([align(*one) for one in request], file)


if __name__ == "__main__":
    main(*sys.argv[1:])
