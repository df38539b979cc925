#include "modelfile/testing/synthetic_model.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "modelfile/mel_filters.h"
#include "modelfile/model_writer.h"
#include "modelfile/testing/random.h"
#include "modelfile/testing/synthetic_chain.h"
#include "modelfile/testing/synthetic_vocabulary.h"

namespace vat::modelfile {
namespace {

using Embeddings = std::map<std::int32_t, std::vector<float>>;

// Logit of the next token of the chain: far above the sum of all others of a vocabulary of 52 thousand.
constexpr float kWantedLogit = 20.0F;
// How much stronger the last layer's output is than its input.
constexpr float kGain = 4.0F;
// Weights drawn at once.
constexpr std::size_t kBlock = 4096;

// Writes one model. Each weight matrix has entries of deviation scale / sqrt(columns).
class Synthesis {
 public:
  Synthesis(ModelWriter& writer, const HyperParameters& parameters, const SyntheticSpec& spec)
      : writer_(writer), p_(parameters), spec_(spec), random_(spec.seed) {}

  void encoder();
  void decoder();

 private:
  void begin(const std::string& name, std::initializer_list<std::int32_t> extents, WeightType type) {
    writer_.begin_tensor(name, {extents.begin(), extents.size()}, tensor_type(type).id);
  }
  void constant(const std::string& name, std::initializer_list<std::int32_t> extents, float value);
  void random_values(std::size_t count, float deviation, WeightType type);
  void matrix(const std::string& name, std::int32_t rows, std::int32_t columns, float scale);
  void convolution(const std::string& name, std::int32_t outputs, std::int32_t inputs);
  void norm(const std::string& name, std::int32_t state);
  void attention(const std::string& name, std::int32_t state, float scale);
  void mlp(const std::string& name, std::int32_t state, float scale);
  void turning_mlp(const std::string& name, const SquareMatrix& rotation);
  void token_embedding(const Embeddings& chosen, float length);
  void sinusoids();

  ModelWriter& writer_;
  const HyperParameters& p_;
  const SyntheticSpec& spec_;
  Random random_;
};

void Synthesis::constant(const std::string& name, std::initializer_list<std::int32_t> extents, float value) {
  begin(name, extents, WeightType::kF32);
  std::size_t count = 1;
  for (const std::int32_t extent : extents) count *= static_cast<std::size_t>(extent);
  writer_.put_weights(std::vector<float>(count, value), WeightType::kF32);
}

void Synthesis::random_values(std::size_t count, float deviation, WeightType type) {
  std::vector<float> block(kBlock);
  for (std::size_t done = 0; done < count; done += kBlock) {
    const auto part = std::span(block).first(std::min(kBlock, count - done));
    random_.fill_normal(part, deviation);
    writer_.put_weights(part, type);
  }
}

void Synthesis::matrix(const std::string& name, std::int32_t rows, std::int32_t columns, float scale) {
  begin(name, {columns, rows}, spec_.weights);
  random_values(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns),
                scale / std::sqrt(static_cast<float>(columns)), spec_.weights);
}

void Synthesis::convolution(const std::string& name, std::int32_t outputs, std::int32_t inputs) {
  constexpr std::int32_t kWidth = 3;
  // whisper.cpp expects binary16 here for every type of the other weights except binary32.
  const WeightType type = spec_.weights == WeightType::kF32 ? WeightType::kF32 : WeightType::kF16;
  begin(name + ".weight", {kWidth, inputs, outputs}, type);
  random_values(
      static_cast<std::size_t>(kWidth) * static_cast<std::size_t>(inputs) * static_cast<std::size_t>(outputs),
      1.0F / std::sqrt(static_cast<float>(kWidth * inputs)), type);
  constant(name + ".bias", {1, outputs}, 0);
}

void Synthesis::norm(const std::string& name, std::int32_t state) {
  constant(name + ".weight", {state}, 1);
  constant(name + ".bias", {state}, 0);
}

void Synthesis::attention(const std::string& name, std::int32_t state, float scale) {
  matrix(name + ".query.weight", state, state, 1);
  constant(name + ".query.bias", {state}, 0);
  matrix(name + ".key.weight", state, state, 1);
  matrix(name + ".value.weight", state, state, scale);
  constant(name + ".value.bias", {state}, 0);
  matrix(name + ".out.weight", state, state, scale);
  constant(name + ".out.bias", {state}, 0);
}

void Synthesis::mlp(const std::string& name, std::int32_t state, float scale) {
  matrix(name + ".mlp.0.weight", 4 * state, state, 1);
  constant(name + ".mlp.0.bias", {4 * state}, 0);
  matrix(name + ".mlp.2.weight", state, 4 * state, scale);
  constant(name + ".mlp.2.bias", {state}, 0);
}

// Adds (gain R - 1) x to its input x exactly, and so rotates it by R: gelu(a) - gelu(-a) = a, and therefore
// [B, -B] gelu([Q; -Q] x) = B Q x for an orthogonal Q. Half of the weights do that, the others add a little
// noise.
void Synthesis::turning_mlp(const std::string& name, const SquareMatrix& rotation) {
  constexpr float kNoise = 0.002F;
  const std::int32_t n = p_.text_state;
  const auto size = static_cast<std::size_t>(n);
  const float length = std::max(1.0F, kWantedLogit / std::sqrt(static_cast<float>(n)));
  const SquareMatrix q = random_orthogonal(size, random_);
  SquareMatrix turn = rotation;
  for (float& value : turn.values) value *= kGain;
  for (std::size_t i = 0; i < size; ++i) turn.row(i)[i] -= 1;
  SquareMatrix b = product(turn, transposed(q));
  // The layer norm before the MLP gives x the length sqrt(n); the embeddings have `length`.
  for (float& value : b.values) value *= length / std::sqrt(static_cast<float>(n));

  std::vector<float> negative(q.values);
  for (float& value : negative) value = -value;
  begin(name + ".mlp.0.weight", {n, 4 * n}, spec_.weights);
  writer_.put_weights(q.values, spec_.weights);
  writer_.put_weights(negative, spec_.weights);
  random_values(2 * size * size, 1.0F / std::sqrt(static_cast<float>(n)), spec_.weights);
  constant(name + ".mlp.0.bias", {4 * n}, 0);

  begin(name + ".mlp.2.weight", {4 * n, n}, spec_.weights);
  std::vector<float> row(4 * size);
  for (std::size_t i = 0; i < size; ++i) {
    random_.fill_normal(row, kNoise / std::sqrt(static_cast<float>(2 * n)));
    for (std::size_t j = 0; j < size; ++j) {
      row[j] = b.row(i)[j];
      row[size + j] = -b.row(i)[j];
    }
    writer_.put_weights(row, spec_.weights);
  }
  constant(name + ".mlp.2.bias", {n}, 0);
}

void Synthesis::sinusoids() {
  const std::int32_t n = p_.audio_state;
  const std::int32_t half = n / 2;
  begin("encoder.positional_embedding", {n, p_.audio_context}, WeightType::kF32);
  const double increment = std::log(10'000.0) / std::max(1, half - 1);
  std::vector<float> row(static_cast<std::size_t>(n));
  for (std::int32_t time = 0; time < p_.audio_context; ++time) {
    for (std::int32_t i = 0; i < half; ++i) {
      const double angle = time * std::exp(-increment * i);
      row[static_cast<std::size_t>(i)] = static_cast<float>(std::sin(angle));
      row[static_cast<std::size_t>(half + i)] = static_cast<float>(std::cos(angle));
    }
    writer_.put_weights(row, WeightType::kF32);
  }
}

void Synthesis::encoder() {
  const std::int32_t n = p_.audio_state;
  sinusoids();
  convolution("encoder.conv1", n, p_.mels);
  convolution("encoder.conv2", n, n);
  for (std::int32_t layer = 0; layer < p_.audio_layers; ++layer) {
    const std::string name = "encoder.blocks." + std::to_string(layer);
    norm(name + ".mlp_ln", n);
    mlp(name, n, 1);
    norm(name + ".attn_ln", n);
    attention(name + ".attn", n, 1);
  }
  norm("encoder.ln_post", n);
}

// Random embeddings, except for the chosen ones.
void Synthesis::token_embedding(const Embeddings& chosen, float length) {
  const std::int32_t n = p_.text_state;
  begin("decoder.token_embedding.weight", {n, p_.vocabulary}, spec_.weights);
  std::vector<float> row(static_cast<std::size_t>(n));
  for (std::int32_t token = 0; token < p_.vocabulary; ++token) {
    random_.fill_normal(row, length / std::sqrt(static_cast<float>(n)));
    const auto found = chosen.find(token);
    writer_.put_weights(found == chosen.end() ? row : found->second, spec_.weights);
  }
}

void Synthesis::decoder() {
  const std::int32_t n = p_.text_state;
  const float root = std::sqrt(static_cast<float>(n));
  const float length = std::max(1.0F, kWantedLogit / root);
  SquareMatrix rotation;
  Embeddings chosen;
  if (spec_.trained_chain) {
    rotation = random_orthogonal(static_cast<std::size_t>(n), random_);
    chosen = chain_embeddings(spec_, rotation, length, random_);
  }
  begin("decoder.positional_embedding", {n, p_.text_context}, WeightType::kF32);
  random_values(static_cast<std::size_t>(n) * static_cast<std::size_t>(p_.text_context), 0.02F / root,
                WeightType::kF32);
  token_embedding(chosen, length);
  // Everything except the last MLP costs as much as in a trained model but changes almost nothing.
  const float scale = spec_.trained_chain ? 0.2F / std::sqrt(static_cast<float>(p_.text_layers)) : 1.0F;
  const float attention_scale = spec_.trained_chain ? std::sqrt(scale) / 8 : 1.0F;
  for (std::int32_t layer = 0; layer < p_.text_layers; ++layer) {
    const std::string name = "decoder.blocks." + std::to_string(layer);
    norm(name + ".mlp_ln", n);
    if (spec_.trained_chain && layer + 1 == p_.text_layers) {
      turning_mlp(name, rotation);
    } else {
      mlp(name, n, spec_.trained_chain ? scale / 20 : 1.0F);
    }
    norm(name + ".attn_ln", n);
    attention(name + ".attn", n, attention_scale);
    norm(name + ".cross_attn_ln", n);
    attention(name + ".cross_attn", n, attention_scale);
  }
  norm("decoder.ln", n);
}

}  // namespace

Result<> write_synthetic_model(const std::filesystem::path& path, const HyperParameters& parameters,
                               std::int32_t vocabulary_entries, const SyntheticSpec& spec) {
  VAT_ASSIGN(ModelWriter writer, ModelWriter::create(path));
  writer.put(kMagic);
  writer.put(parameters);
  writer.put(parameters.mels);
  writer.put(static_cast<std::int32_t>(kFourierBins));
  writer.put_weights(mel_filters(parameters.mels), WeightType::kF32);
  writer.put(vocabulary_entries);
  for (const std::string& entry : synthetic_vocabulary(static_cast<std::size_t>(vocabulary_entries))) {
    writer.put(static_cast<std::uint32_t>(entry.size()));
    writer.put_bytes(entry);
  }
  Synthesis synthesis(writer, parameters, spec);
  synthesis.encoder();
  synthesis.decoder();
  return writer.commit();
}

}  // namespace vat::modelfile
