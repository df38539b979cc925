#include "asr/silero_network.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

// The hot loops are compiled for AVX2 as well, which nearly every x86-64 has and no compiler may assume.
#if defined(__x86_64__) && defined(__GNUC__)
#define VAT_SILERO_AVX2 1
#else
#define VAT_SILERO_AVX2 0
#endif

namespace vat::asr {
namespace {

/// The compiler's vectors: of 16 bytes, which all CPUs have, and of 32, for AVX2.
struct Portable {
  using Floats = float __attribute__((vector_size(16)));
  using Bits = std::uint32_t __attribute__((vector_size(16)));
};
struct Wide {
  using Floats = float __attribute__((vector_size(32)));
  using Bits = std::uint32_t __attribute__((vector_size(32)));
};

/// Outputs that are stored together, which are two or four vectors.
constexpr std::size_t kPanel = 16;
struct alignas(kPanel * sizeof(float)) Panel {
  std::array<float, kPanel> numbers{};

  template <class V>
  const V& at(std::size_t index) const {
    return *reinterpret_cast<const V*>(numbers.data() + index);
  }
};

/// Frames computed together, so that weights come from the cache of second level once for all of them.
constexpr std::size_t kBatch = 12;
/// Rows of inputs that share each weight read; with them the sums fit in AVX2's 16 registers.
constexpr std::size_t kRowsAtOnce = 6;

constexpr std::size_t kPadding = 64;
constexpr std::size_t kPaddedSamples = SileroNetwork::kFrameSamples + 2 * kPadding;
constexpr std::size_t kStftSamples = 256;
constexpr std::size_t kStftStep = 128;
constexpr std::size_t kStftWindows = (kPaddedSamples - kStftSamples) / kStftStep + 1;
constexpr std::size_t kFrequencies = 129;
constexpr std::size_t kStftRow = 272;  // 2 * kFrequencies in whole panels
constexpr std::size_t kTaps = 3;
constexpr std::size_t kHidden = 128;
constexpr std::size_t kGates = 4 * kHidden;

constexpr std::size_t panels_for(std::size_t numbers) { return (numbers + kPanel - 1) / kPanel; }
static_assert(kStftWindows == 4 && kStftRow == panels_for(2 * kFrequencies) * kPanel);

/// That multiply() takes.
constexpr std::size_t kMaxRows = kBatch * kStftWindows;
static_assert(kMaxRows % kRowsAtOnce == 0);

/// Outputs as weighted sums of inputs. In the order of multiply(): panels of outputs, and in each the weights
/// of every input.
struct Layer {
  Layer(std::size_t input_count, std::size_t output_count)
      : inputs(input_count), bias(panels_for(output_count)), weights(bias.size() * inputs) {}

  std::size_t inputs;
  std::vector<Panel> bias;
  std::vector<Panel> weights;
};

Layer dense(std::size_t inputs, std::size_t outputs, std::span<const float> weights) {
  Layer layer(inputs, outputs);
  for (std::size_t out = 0; out < outputs; ++out)
    for (std::size_t in = 0; in < inputs; ++in)
      layer.weights[out / kPanel * inputs + in].numbers[out % kPanel] = weights[out * inputs + in];
  return layer;
}

void add_bias(Layer& layer, std::span<const float> bias) {
  for (std::size_t out = 0; out < bias.size(); ++out)
    layer.bias[out / kPanel].numbers[out % kPanel] += bias[out];
}

/// A convolution as a dense layer, whose inputs are all channels at one time, then at the next. Has only the
/// `taps` after `first`: the others would only meet zeros.
Layer convolution(std::size_t channels, const SileroLayer& from, std::size_t first, std::size_t taps) {
  const std::size_t outputs = from.bias.size();
  std::vector<float> weights;
  weights.reserve(outputs * channels * taps);
  for (std::size_t out = 0; out < outputs; ++out)
    for (std::size_t tap = first; tap < first + taps; ++tap)
      for (std::size_t channel = 0; channel < channels; ++channel)
        weights.push_back(from.weights[(out * channels + channel) * kTaps + tap]);
  Layer layer = dense(channels * taps, outputs, weights);
  add_bias(layer, from.bias);
  return layer;
}

/// Where the rows of a matrix are: some for each frame.
template <class T>
struct Rows {
  T* first;
  std::size_t frame_step;
  std::size_t per_frame = 1;
  std::size_t step = 0;

  T* operator[](std::size_t row) const {
    return first + row / per_frame * frame_step + row % per_frame * step;
  }
  operator Rows<const T>() const { return {first, frame_step, per_frame, step}; }
};

template <std::size_t kNumbers>
using PerFrame = std::array<std::array<float, kNumbers>, kBatch>;

template <std::size_t kNumbers>
Rows<float> rows(PerFrame<kNumbers>& frames, std::size_t per_frame = 1, std::size_t step = 0,
                 std::size_t begin = 0) {
  return {frames[0].data() + begin, kNumbers, per_frame, step};
}

/// The rows that are computed together, where fewer are left the last one several times.
struct Tile {
  std::array<const float*, kRowsAtOnce> from;
  std::array<float*, kRowsAtOnce> to;
};

/// Two vectors of outputs of each row, from the one with number `first` in the panel. The order of a sum's
/// additions does not depend on where its row is.
template <class V, std::size_t... kRow>
[[gnu::always_inline]] inline void multiply_tile(std::index_sequence<kRow...>, const Panel* weights,
                                                 std::size_t inputs, const Panel& bias, const Tile& tile,
                                                 std::size_t panel, std::size_t first, float least) {
  const std::size_t second = first + sizeof(V) / sizeof(float);
  V low[] = {(static_cast<void>(kRow), bias.at<V>(first))...};
  V high[] = {(static_cast<void>(kRow), bias.at<V>(second))...};
  const float* const from[] = {tile.from[kRow]...};
  for (std::size_t k = 0; k < inputs; ++k) {
    const V weight = weights[k].at<V>(first);
    const V next_weight = weights[k].at<V>(second);
    ((low[kRow] += from[kRow][k] * weight, high[kRow] += from[kRow][k] * next_weight), ...);
  }
  const V floor = V{} + least;
  const auto store = [&](float* to, const V& sum) __attribute__((always_inline)) {
    *reinterpret_cast<V*>(to) = sum < floor ? floor : sum;
  };
  ((store(tile.to[kRow] + panel * kPanel + first, low[kRow]),
    store(tile.to[kRow] + panel * kPanel + second, high[kRow])),
   ...);
}

template <class V>
[[gnu::always_inline]] inline void multiply_with(const Layer& layer, std::span<const Tile> tiles,
                                                 float least) {
  for (std::size_t panel = 0; panel < layer.bias.size(); ++panel)
    for (std::size_t first = 0; first < kPanel; first += 2 * sizeof(V) / sizeof(float))
      for (const Tile& tile : tiles)
        multiply_tile<V>(std::make_index_sequence<kRowsAtOnce>(), layer.weights.data() + panel * layer.inputs,
                         layer.inputs, layer.bias[panel], tile, panel, first, least);
}

/// x = 1 / (1 + e^-x), to 1e-7. The exponential is 2^whole * e^rest with Taylor's polynomial.
template <class V>
[[gnu::always_inline]] inline void sigmoid(typename V::Floats& x) {
  using Floats = typename V::Floats;
  using Bits = typename V::Bits;
  constexpr float kMost = 87;  // e^88 is no float any more
  constexpr float kLog2E = 1.44269504F;
  constexpr float kLn2High = 0.693359375F;
  constexpr float kLn2Low = -2.12194440e-4F;
  constexpr float kToWhole = 12582912;  // 1.5 * 2^23: floats of its size are whole numbers
  constexpr std::uint32_t kOne = 0x3f800000;
  Floats y = -x;
  y = y > kMost ? Floats{} + kMost : y;
  y = y < -kMost ? Floats{} - kMost : y;
  const Floats shifted = y * kLog2E + kToWhole;
  const Floats whole = shifted - kToWhole;
  const Floats rest = (y - whole * kLn2High) - whole * kLn2Low;
  const Bits power = (reinterpret_cast<Bits>(shifted) << 23) + kOne;  // the exponent's place
  Floats sum = rest * (1.0F / 720) + 1.0F / 120;
  sum = sum * rest + 1.0F / 24;
  sum = sum * rest + 1.0F / 6;
  sum = sum * rest + 0.5F;
  sum = sum * rest + 1.0F;
  sum = sum * rest + 1.0F;
  x = 1.0F / (1.0F + sum * reinterpret_cast<Floats>(power));
}

template <class V>
[[gnu::always_inline]] inline void hyperbolic_tangent(typename V::Floats& x) {
  x = x + x;
  sigmoid<V>(x);
  x = x + x - 1.0F;
}

struct LstmState {
  alignas(Panel) std::array<float, kHidden> hidden;
  alignas(Panel) std::array<float, kHidden> cell;
};

/// Adds to the gates what the hidden state gives them.
template <class V>
[[gnu::always_inline]] inline void recall_with(const Layer& layer, const LstmState& state, float* gates) {
  constexpr std::size_t kLanes = sizeof(V) / sizeof(float);
  for (std::size_t panel = 0; panel < panels_for(kGates); panel += 2) {
    for (std::size_t first = 0; first < kPanel; first += 2 * kLanes) {
      const Panel* weights = layer.weights.data() + panel * kHidden;
      V* to = reinterpret_cast<V*>(gates + panel * kPanel + first);
      V* next_to = reinterpret_cast<V*>(gates + (panel + 1) * kPanel + first);
      V sum0 = to[0];
      V sum1 = to[1];
      V sum2 = next_to[0];
      V sum3 = next_to[1];
      for (std::size_t k = 0; k < kHidden; ++k) {
        const float hidden = state.hidden[k];
        sum0 += hidden * weights[k].at<V>(first);
        sum1 += hidden * weights[k].at<V>(first + kLanes);
        sum2 += hidden * weights[k + kHidden].at<V>(first);
        sum3 += hidden * weights[k + kHidden].at<V>(first + kLanes);
      }
      to[0] = sum0;
      to[1] = sum1;
      next_to[0] = sum2;
      next_to[1] = sum3;
    }
  }
}

/// One step of the LSTM, given what the frame adds to its gates.
template <class V>
[[gnu::always_inline]] inline void step_with(const Layer& layer, LstmState& state, float* gates) {
  using Floats = typename V::Floats;
  recall_with<Floats>(layer, state, gates);
  constexpr std::size_t kLanes = sizeof(Floats) / sizeof(float);
  for (std::size_t i = 0; i < kHidden; i += kLanes) {
    Floats input = *reinterpret_cast<Floats*>(gates + i);
    Floats forget = *reinterpret_cast<Floats*>(gates + kHidden + i);
    Floats candidate = *reinterpret_cast<Floats*>(gates + 2 * kHidden + i);
    Floats output = *reinterpret_cast<Floats*>(gates + 3 * kHidden + i);
    sigmoid<V>(input);
    sigmoid<V>(forget);
    hyperbolic_tangent<V>(candidate);
    sigmoid<V>(output);
    Floats& cell = *reinterpret_cast<Floats*>(state.cell.data() + i);
    cell = forget * cell + input * candidate;
    Floats bounded = cell;
    hyperbolic_tangent<V>(bounded);
    *reinterpret_cast<Floats*>(state.hidden.data() + i) = output * bounded;
  }
}

void multiply_portable(const Layer& layer, std::span<const Tile> tiles, float least) {
  multiply_with<Portable::Floats>(layer, tiles, least);
}
void step_portable(const Layer& layer, LstmState& state, float* gates) {
  step_with<Portable>(layer, state, gates);
}

#if VAT_SILERO_AVX2
[[gnu::target("avx2,fma")]] void multiply_avx2(const Layer& layer, std::span<const Tile> tiles, float least) {
  multiply_with<Wide::Floats>(layer, tiles, least);
}
[[gnu::target("avx2,fma")]] void step_avx2(const Layer& layer, LstmState& state, float* gates) {
  step_with<Wide>(layer, state, gates);
}
#endif

/// The hot loops, for this CPU.
struct Loops {
  decltype(&multiply_portable) multiply = multiply_portable;
  decltype(&step_portable) step = step_portable;
};

Loops choose_loops(SileroNetwork::Vectors vectors) {
#if VAT_SILERO_AVX2
  if (vectors == SileroNetwork::Vectors::kWidest && __builtin_cpu_supports("avx2") &&
      __builtin_cpu_supports("fma"))
    return {multiply_avx2, step_avx2};
#endif
  static_cast<void>(vectors);
  return {};
}

/// Rows `out` from rows `in` of as many frames. The rows of `out` begin where panels may.
void multiply(const Loops& loops, const Layer& layer, Rows<const float> in, Rows<float> out,
              std::size_t frames, float least = -INFINITY) {
  std::array<Tile, kMaxRows / kRowsAtOnce> tiles;
  const std::size_t rows = frames * in.per_frame;
  const std::size_t count = (rows + kRowsAtOnce - 1) / kRowsAtOnce;
  for (std::size_t i = 0; i < count * kRowsAtOnce; ++i) {
    const std::size_t row = std::min(i, rows - 1);
    tiles[i / kRowsAtOnce].from[i % kRowsAtOnce] = in[row];
    tiles[i / kRowsAtOnce].to[i % kRowsAtOnce] = out[row];
  }
  loops.multiply(layer, std::span(tiles).first(count), least);
}

/// The frame between its own reflections. What is no number would stay in the state for ever, and is silence.
void pad(std::span<const float, SileroNetwork::kFrameSamples> frame, float* out) {
  std::transform(frame.begin(), frame.end(), out + kPadding,
                 [](float sample) { return std::isfinite(sample) ? std::clamp(sample, -1.0F, 1.0F) : 0.0F; });
  const float* first = out + kPadding;
  const float* last = first + frame.size() - 1;
  std::reverse_copy(first + 1, first + 1 + kPadding, out);
  std::reverse_copy(last - kPadding, last, out + kPadding + frame.size());
}

void take_magnitudes(const float* stft, float* out) {
  for (std::size_t i = 0; i < kFrequencies; ++i)
    out[i] = std::sqrt(stft[i] * stft[i] + stft[i + kFrequencies] * stft[i + kFrequencies]);
}

}  // namespace

struct SileroNetwork::Layers {
  Layers(const SileroWeights& from, Vectors vectors)
      : loops(choose_loops(vectors)),
        stft(dense(kStftSamples, 2 * kFrequencies, from.stft)),
        encoder{convolution(kFrequencies, from.encoder[0], 0, kTaps),
                convolution(128, from.encoder[1], 0, kTaps),
                // Two times are left, then one. The other taps are on padding.
                convolution(64, from.encoder[2], 1, 2), convolution(64, from.encoder[3], 1, 1)},
        lstm_input(dense(kHidden, kGates, from.lstm_input.weights)),
        lstm_hidden(dense(kHidden, kGates, from.lstm_hidden.weights)),
        output(from.output.weights),
        output_bias(from.output.bias.front()) {
    add_bias(lstm_input, from.lstm_input.bias);
    add_bias(lstm_input, from.lstm_hidden.bias);
  }

  Loops loops;
  Layer stft;
  std::array<Layer, 4> encoder;
  Layer lstm_input;
  Layer lstm_hidden;
  std::vector<float> output;
  float output_bias;
};

/// What the layers give. Where a convolution's inputs have one more time at an end, it is padding and stays
/// zero.
struct SileroNetwork::Memory {
  alignas(Panel) PerFrame<kPaddedSamples> samples;
  alignas(Panel) PerFrame<kStftWindows * kStftRow> stft;
  alignas(Panel) PerFrame<(1 + kStftWindows + 1) * kFrequencies> magnitudes;
  alignas(Panel) PerFrame<(1 + kStftWindows) * 128> encoded0;
  alignas(Panel) PerFrame<2 * 64> encoded1;
  alignas(Panel) PerFrame<64> encoded2;
  alignas(Panel) PerFrame<128> encoded3;
  alignas(Panel) PerFrame<kGates> gates;
  LstmState state;
};

SileroNetwork::SileroNetwork(const SileroWeights& weights, Vectors vectors)
    : layers_(std::make_unique<Layers>(weights, vectors)), memory_(std::make_unique<Memory>()) {}

SileroNetwork::~SileroNetwork() = default;

void SileroNetwork::detect(std::span<const float> samples, std::vector<float>& probabilities) {
  while (!samples.empty()) {
    const std::size_t frames = std::min(samples.size() / kFrameSamples, kBatch);
    for (std::size_t i = 0; i < frames; ++i)
      pad(samples.subspan(i * kFrameSamples).first<kFrameSamples>(), memory_->samples[i].data());
    encode(frames);
    for (std::size_t i = 0; i < frames; ++i) probabilities.push_back(decode(i));
    samples = samples.subspan(frames * kFrameSamples);
  }
}

void SileroNetwork::encode(std::size_t frames) {
  const Layers& layers = *layers_;
  Memory& memory = *memory_;
  multiply(layers.loops, layers.stft, rows(memory.samples, kStftWindows, kStftStep),
           rows(memory.stft, kStftWindows, kStftRow), frames);
  for (std::size_t i = 0; i < frames; ++i)
    for (std::size_t window = 0; window < kStftWindows; ++window)
      take_magnitudes(memory.stft[i].data() + window * kStftRow,
                      memory.magnitudes[i].data() + (1 + window) * kFrequencies);
  multiply(layers.loops, layers.encoder[0], rows(memory.magnitudes, kStftWindows, kFrequencies),
           rows(memory.encoded0, kStftWindows, 128, 128), frames, 0);
  multiply(layers.loops, layers.encoder[1], rows(memory.encoded0, 2, 2 * 128), rows(memory.encoded1, 2, 64),
           frames, 0);
  multiply(layers.loops, layers.encoder[2], rows(memory.encoded1), rows(memory.encoded2), frames, 0);
  multiply(layers.loops, layers.encoder[3], rows(memory.encoded2), rows(memory.encoded3), frames, 0);
  multiply(layers.loops, layers.lstm_input, rows(memory.encoded3), rows(memory.gates), frames);
}

float SileroNetwork::decode(std::size_t frame) {
  Memory& memory = *memory_;
  layers_->loops.step(layers_->lstm_hidden, memory.state, memory.gates[frame].data());
  float sum = layers_->output_bias;
  for (std::size_t i = 0; i < kHidden; ++i)
    sum += layers_->output[i] * std::max(memory.state.hidden[i], 0.0F);
  return 1 / (1 + std::exp(-sum));
}

}  // namespace vat::asr
