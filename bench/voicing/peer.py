#!/usr/bin/env python3
"""peer.py REQUEST ANSWER: speaks sentences by piper-tts or kokoro-onnx, in one process that loads the model once.

Run by bench/voices with the Python of the virtual environment in which both are installed. REQUEST is JSON: engine, model, voices
(a file of Kokoro's tables as vat keeps them), voice, row (of the voice in that file), sentences, output (a WAV file), threads. ANSWER
gets seconds (of speaking all, without loading), load_seconds, first_seconds (from the start of this process to the first sound).
"""
import json
import sys
import time
import wave

BEGIN = time.monotonic()
ROWS, COLUMNS = 510, 256  # of a voice of Kokoro's


def piper(request):
    from piper import PiperVoice
    voice = PiperVoice.load(request["model"])

    def speak(text):
        for chunk in voice.synthesize(text):
            yield chunk.sample_rate, chunk.audio_int16_bytes
    return speak


def kokoro(request):
    import numpy
    import onnxruntime
    from kokoro_onnx import Kokoro
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = request["threads"]
    session = onnxruntime.InferenceSession(request["model"], options, providers=["CPUExecutionProvider"])
    tables = numpy.fromfile(request["voices"], dtype="<f4").reshape(-1, ROWS, 1, COLUMNS)
    # The class wants a file of its own form.
    path = request["output"] + ".npz"
    numpy.savez(path, **{request["voice"]: tables[request["row"]]})
    model = Kokoro.from_session(session, path)

    def speak(text):
        samples, rate = model.create(text, voice=request["voice"], speed=1.0, lang="en-us")
        yield rate, (numpy.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
    return speak


def main(request_path, answer_path):
    with open(request_path, encoding="utf-8") as file:
        request = json.load(file)
    speak = {"piper": piper, "kokoro": kokoro}[request["engine"]](request)
    loaded = time.monotonic()
    first = None
    with wave.open(request["output"], "wb") as out:
        for number, sentence in enumerate(request["sentences"]):
            for rate, samples in speak(sentence):
                first = first or time.monotonic()
                if number == 0 and out.getnframes() == 0:
                    out.setnchannels(1)
                    out.setsampwidth(2)
                    out.setframerate(rate)
                out.writeframes(samples)
            out.writeframes(bytes(2 * (rate // 4)))
    answer = {"seconds": time.monotonic() - loaded, "load_seconds": loaded - BEGIN, "first_seconds": first - BEGIN}
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump(answer, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
