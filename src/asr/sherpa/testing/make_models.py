#!/usr/bin/env python3
"""Writes the recognition models of the tests: the graphs of SenseVoice and of NeMo's Parakeet TDT as sherpa-onnx
runs them, with inputs, outputs, states and metadata like theirs, but with three words that are tones. A tone of
478, 1478 or 2976 Hz is "hello", "world" or a full stop. A few kilobytes each, and no trained weights.

    python3 -m pip install onnx==1.23.2
    python3 make_models.py FOLDER
"""
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HELLO, WORLD, STOP = "▁hello", "▁world", "."


def constant(name, array):
    return numpy_helper.from_array(array, name)


def save(folder, name, nodes, inputs, outputs, initializers, metadata=None):
    graph = helper.make_graph(nodes, "tones", inputs, outputs, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8, producer_name="tones")
    for key, value in (metadata or {}).items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, str(value)
    onnx.checker.check_model(model)
    onnx.save(model, folder / name)


def write_tokens(folder, tokens):
    (folder / "tokens.txt").write_text("".join(f"{token} {i}\n" for i, token in enumerate(tokens)))


def floats(name, *shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def ints(name, kind, *shape):
    return helper.make_tensor_value_info(name, kind, shape)


def sense_voice(folder):
    """Features of 80 mels, of which seven frames are one; the answer begins with language, feeling, event, form."""
    folder.mkdir(parents=True, exist_ok=True)
    tokens = ["<unk>", HELLO, WORLD, STOP, "<|zh|>", "<|en|>", "<|ja|>", "<|ko|>", "<|yue|>", "<|NEUTRAL|>",
              "<|Speech|>", "<|woitn|>", "<|withitn|>"]
    languages = {"auto": (0, "<|en|>"), "zh": (3, "<|zh|>"), "en": (4, "<|en|>"), "yue": (7, "<|yue|>"),
                 "ja": (11, "<|ja|>"), "ko": (12, "<|ko|>")}
    size = len(tokens)
    by_language = np.zeros((16, size), np.float32)
    for number, token in languages.values():
        by_language[number, tokens.index(token)] = 1
    by_form = np.zeros((16, size), np.float32)
    by_form[14, tokens.index("<|withitn|>")] = by_form[15, tokens.index("<|woitn|>")] = 1
    said = np.zeros((1, 2, size), np.float32)
    said[0, 0, tokens.index("<|NEUTRAL|>")] = said[0, 1, tokens.index("<|Speech|>")] = 1
    # The middle one of the seven frames; the mels of the tones.
    mels = np.array([3 * 80 + mel for mel in (15, 35, 52)], np.int64)
    spread = np.zeros((3, size), np.float32)
    for i in range(3):
        spread[i, 1 + i] = 1
    rest = np.full(size, -100, np.float32)
    rest[0], rest[1:4] = 15, 0  # A tone is louder than the blank.
    nodes = [
        helper.make_node("Gather", ["x", "mels"], ["heard"], axis=2),
        helper.make_node("MatMul", ["heard", "spread"], ["spread_out"]),
        helper.make_node("Add", ["spread_out", "rest"], ["text"]),
        helper.make_node("Gather", ["by_language", "language"], ["language_row"], axis=0),
        helper.make_node("Gather", ["by_form", "text_norm"], ["form_row"], axis=0),
        helper.make_node("Unsqueeze", ["language_row", "one"], ["language_frame"]),
        helper.make_node("Unsqueeze", ["form_row", "one"], ["form_frame"]),
        helper.make_node("Concat", ["language_frame", "said", "form_frame", "text"], ["logits"], axis=1),
    ]
    initializers = [constant("mels", mels), constant("spread", spread), constant("rest", rest),
                    constant("by_language", by_language), constant("by_form", by_form), constant("said", said),
                    constant("one", np.array([1], np.int64))]
    inputs = [floats("x", 1, "T", 560), ints("x_length", TensorProto.INT32, 1),
              ints("language", TensorProto.INT32, 1), ints("text_norm", TensorProto.INT32, 1)]
    metadata = {"model_type": "sense_voice_ctc", "vocab_size": size, "lfr_window_size": 7, "lfr_window_shift": 6,
                "normalize_samples": 0, "with_itn": 14, "without_itn": 15,
                "neg_mean": ",".join(["0"] * 560), "inv_stddev": ",".join(["1"] * 560)}
    metadata |= {f"lang_{name}": number for name, (number, _) in languages.items()}
    save(folder, "model.int8.onnx", nodes, inputs, [floats("logits", 1, "L", size)], initializers, metadata)
    write_tokens(folder, tokens)


def parakeet(folder):
    """128 mels, an eighth of the frames; the joiner adds what the encoder says to what the last token forbids."""
    folder.mkdir(parents=True, exist_ok=True)
    tokens = ["<unk>", HELLO, WORLD, STOP, "<blk>"]
    size, durations = len(tokens), 5
    mels = np.array(TDT_MELS, np.int64)
    spread = np.zeros((3, size + durations), np.float32)
    for i in range(3):
        spread[i, 1 + i] = 1
    rest = np.full(size + durations, -100, np.float32)
    rest[1:4], rest[4], rest[size + 1] = 0, -8, 0  # The duration is one frame, always.
    pool = [
        helper.make_node("Gather", ["audio_signal", "mels"], ["heard"], axis=1),
        helper.make_node("AveragePool", ["heard"], ["eighths"], kernel_shape=[8], strides=[8], ceil_mode=1),
        helper.make_node("Transpose", ["eighths"], ["by_time"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["by_time", "spread"], ["spread_out"]),
        helper.make_node("Add", ["spread_out", "rest"], ["frames"]),
        helper.make_node("Transpose", ["frames"], ["outputs"], perm=[0, 2, 1]),
        helper.make_node("Add", ["length", "seven"], ["more"]),
        helper.make_node("Div", ["more", "eight"], ["encoded_lengths"]),
    ]
    metadata = {"vocab_size": size - 1, "normalize_type": "NA", "pred_rnn_layers": 1, "pred_hidden": 2,
                "subsampling_factor": 8, "model_type": "EncDecRNNTBPEModel", "feat_dim": 128, "url": "parakeet-tdt"}
    save(folder, "encoder.int8.onnx", pool,
         [floats("audio_signal", "N", 128, "T"), ints("length", TensorProto.INT64, "N")],
         [floats("outputs", "N", size + durations, "L"), ints("encoded_lengths", TensorProto.INT64, "N")],
         [constant("mels", mels), constant("spread", spread), constant("rest", rest),
          constant("seven", np.array([7], np.int64)), constant("eight", np.array([8], np.int64))], metadata)
    # A word that sounds on is one word: the last token is forbidden.
    last = np.zeros((size, size + durations), np.float32)
    for token in range(1, 4):
        last[token, token] = -1000
    save(folder, "decoder.int8.onnx",
         [helper.make_node("Gather", ["last", "targets"], ["rows"], axis=0),
          helper.make_node("Transpose", ["rows"], ["outputs"], perm=[0, 2, 1]),
          helper.make_node("Identity", ["target_length"], ["prednet_lengths"]),
          helper.make_node("Identity", ["states.1"], ["states"]),
          helper.make_node("Identity", ["onnx::Slice_3"], ["162"])],
         [ints("targets", TensorProto.INT32, "N", "U"), ints("target_length", TensorProto.INT32, "N"),
          floats("states.1", 1, "N", 2), floats("onnx::Slice_3", 1, "N", 2)],
         [floats("outputs", "N", size + durations, "U"), ints("prednet_lengths", TensorProto.INT32, "N"),
          floats("states", 1, "N", 2), floats("162", 1, "N", 2)],
         [constant("last", last)])
    save(folder, "joiner.int8.onnx",
         [helper.make_node("Add", ["encoder_outputs", "decoder_outputs"], ["sum"]),
          helper.make_node("Transpose", ["sum"], ["turned"], perm=[0, 2, 1]),
          helper.make_node("Unsqueeze", ["turned", "one"], ["outputs"])],
         [floats("encoder_outputs", "N", size + durations, 1), floats("decoder_outputs", "N", size + durations, 1)],
         [floats("outputs", "N", 1, 1, size + durations)], [constant("one", np.array([1], np.int64))])
    write_tokens(folder, tokens)


# Of Slaney's scale, which NeMo uses: 478, 1478 and 2976 Hz.
TDT_MELS = (19, 58, 87)

if __name__ == "__main__":
    target = pathlib.Path(sys.argv[1])
    sense_voice(target / "sense-voice-tones")
    parakeet(target / "parakeet-tones")
