#!/usr/bin/env python3
"""peer.py REQUEST ANSWER: transcribes files by faster-whisper, in one process that loads the model once.

Run by bench/accuracy with the Python of the virtual environment in which faster-whisper is installed. REQUEST is JSON:
model (a folder), threads, beam, batch (0: one window after another), more (arguments of transcribe), files. ANSWER gets load_seconds and the files'
texts and languages.
"""
import json
import sys
import time


def main(request_path, answer_path):
    with open(request_path, encoding="utf-8") as file:
        request = json.load(file)
    begin = time.monotonic()
    import faster_whisper
    model = faster_whisper.WhisperModel(request["model"], device="cpu", compute_type="int8", cpu_threads=request["threads"],
                                        local_files_only=True)
    recogniser = faster_whisper.BatchedInferencePipeline(model) if request["batch"] else model
    answer = {"version": faster_whisper.__version__, "load_seconds": time.monotonic() - begin, "files": {}}
    more = request["more"] | ({"batch_size": request["batch"]} if request["batch"] else {})
    for path in request["files"]:
        segments, info = recogniser.transcribe(path, beam_size=request["beam"], **more)
        segments = list(segments)
        answer["files"][path] = {"text": " ".join(segment.text.strip() for segment in segments), "language": info.language,
                                 "words": [(word.word.strip(), word.start, word.end) for segment in segments for word in segment.words or []]}
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump(answer, file, ensure_ascii=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
