// Random numbers that are the same on every machine and with every library, and matrices made of them.
// One thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vat::modelfile {

/// xoshiro256++ 1.0 (Blackman and Vigna, 2019), seeded by SplitMix64.
class Random {
 public:
  explicit Random(std::uint64_t seed);
  [[nodiscard]] std::uint64_t next();
  /// Uniform in [0, bound); the bias of the plain remainder does not matter for bounds far below 2^64.
  [[nodiscard]] std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }
  /// Standard normal, as the sum of twelve uniforms (Irwin-Hall): exact in integers, so that it does not
  /// depend on a maths library. Never outside [-6, 6].
  [[nodiscard]] float normal();
  void fill_normal(std::span<float> out, float deviation);
  /// A uniformly distributed direction of length 1, in `size` dimensions.
  [[nodiscard]] std::vector<float> direction(std::size_t size);

 private:
  std::array<std::uint64_t, 4> state_{};
};

/// A square matrix, row by row.
struct SquareMatrix {
  std::size_t size = 0;
  std::vector<float> values;

  [[nodiscard]] std::span<float> row(std::size_t i) { return std::span(values).subspan(i * size, size); }
  [[nodiscard]] std::span<const float> row(std::size_t i) const {
    return std::span(values).subspan(i * size, size);
  }
};

/// A random rotation or reflection, uniformly distributed: a product of Householder reflections of shrinking
/// random directions (Stewart, "The efficient generation of random orthogonal matrices", SIAM J. Numer. Anal.
/// 17, 1980).
[[nodiscard]] SquareMatrix random_orthogonal(std::size_t size, Random& random);
[[nodiscard]] SquareMatrix transposed(const SquareMatrix& matrix);
[[nodiscard]] SquareMatrix product(const SquareMatrix& left, const SquareMatrix& right);
[[nodiscard]] std::vector<float> product(const SquareMatrix& matrix, std::span<const float> vector);

}  // namespace vat::modelfile
