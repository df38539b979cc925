#include "modelfile/testing/random.h"

#include <bit>
#include <cmath>
#include <numeric>

namespace vat::modelfile {
namespace {

void scale(std::span<float> values, double factor) {
  for (float& value : values) value = static_cast<float>(value * factor);
}

double norm(std::span<const float> values) {
  double sum = 0;
  for (const float value : values) sum += static_cast<double>(value) * value;
  return std::sqrt(sum);
}

// rows[from..] -= 2 v (v^T rows[from..]), for a `v` of length 1 that covers the rows from `from`.
void reflect(SquareMatrix& matrix, std::span<const float> v) {
  const std::size_t from = matrix.size - v.size();
  std::vector<float> sums(matrix.size, 0.0F);
  for (std::size_t i = 0; i < v.size(); ++i) {
    const auto row = matrix.row(from + i);
    for (std::size_t j = 0; j < matrix.size; ++j) sums[j] += v[i] * row[j];
  }
  for (std::size_t i = 0; i < v.size(); ++i) {
    const auto row = matrix.row(from + i);
    const float factor = 2 * v[i];
    for (std::size_t j = 0; j < matrix.size; ++j) row[j] -= factor * sums[j];
  }
}

}  // namespace

Random::Random(std::uint64_t seed) {
  for (std::uint64_t& word : state_) {
    seed += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    word = z ^ (z >> 31);
  }
}

std::uint64_t Random::next() {
  const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

float Random::normal() {
  std::int32_t sum = 0;
  for (int i = 0; i < 3; ++i) {
    const std::uint64_t bits = next();
    sum += static_cast<std::int32_t>((bits & 0xffffU) + ((bits >> 16) & 0xffffU) + ((bits >> 32) & 0xffffU) +
                                     (bits >> 48));
  }
  return static_cast<float>(sum - 6 * 0xffff) * 0x1p-16F;
}

void Random::fill_normal(std::span<float> out, float deviation) {
  for (float& value : out) value = normal() * deviation;
}

std::vector<float> Random::direction(std::size_t size) {
  std::vector<float> result(size);
  double length = 0;
  while (length < 1e-3) {
    fill_normal(result, 1.0F);
    length = norm(result);
  }
  scale(result, 1 / length);
  return result;
}

SquareMatrix random_orthogonal(std::size_t size, Random& random) {
  SquareMatrix matrix{size, std::vector<float>(size * size, 0.0F)};
  for (std::size_t i = 0; i < size; ++i) matrix.row(i)[i] = (random.next() >> 63) != 0 ? 1.0F : -1.0F;
  for (std::size_t length = 2; length <= size; ++length) {
    // The reflection that takes a random direction to the first axis.
    std::vector<float> v = random.direction(length);
    v[0] += v[0] < 0 ? -1.0F : 1.0F;
    scale(v, 1 / norm(v));
    reflect(matrix, v);
  }
  return matrix;
}

SquareMatrix transposed(const SquareMatrix& matrix) {
  SquareMatrix result{matrix.size, std::vector<float>(matrix.values.size())};
  for (std::size_t i = 0; i < matrix.size; ++i)
    for (std::size_t j = 0; j < matrix.size; ++j) result.row(j)[i] = matrix.row(i)[j];
  return result;
}

SquareMatrix product(const SquareMatrix& left, const SquareMatrix& right) {
  SquareMatrix result{left.size, std::vector<float>(left.values.size(), 0.0F)};
  for (std::size_t i = 0; i < left.size; ++i) {
    const auto out = result.row(i);
    for (std::size_t k = 0; k < left.size; ++k) {
      const float factor = left.row(i)[k];
      const auto row = right.row(k);
      for (std::size_t j = 0; j < left.size; ++j) out[j] += factor * row[j];
    }
  }
  return result;
}

std::vector<float> product(const SquareMatrix& matrix, std::span<const float> vector) {
  std::vector<float> result(matrix.size);
  for (std::size_t i = 0; i < matrix.size; ++i) {
    const auto row = matrix.row(i);
    result[i] = static_cast<float>(std::inner_product(row.begin(), row.end(), vector.begin(), 0.0));
  }
  return result;
}

}  // namespace vat::modelfile
