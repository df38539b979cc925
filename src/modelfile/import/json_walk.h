// Reads JSON from an untrusted file without a tree of it in memory. Internal, because documents are visited.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "modelfile/byte_source.h"

namespace vat::modelfile {

/// One step from a document's root to a value in it: into an object, or into an array.
struct JsonStep {
  bool in_array = false;
  std::string key;        ///< Of the member of an object.
  std::size_t index = 0;  ///< Of the element of an array.
};

/// A value that is neither an object nor an array.
struct JsonLeaf {
  std::span<const JsonStep> path;        ///< Empty for a document that is one such value.
  std::optional<std::string_view> text;  ///< Of a string.
  std::optional<std::int64_t> number;    ///< Of an integer that fits.
};

/// Called for each leaf in the document's order; what it holds is valid during the call. Its error ends the
/// walk.
using JsonVisitor = std::function<Result<>(const JsonLeaf& leaf)>;

/// Visits the JSON document (RFC 8259, UTF-8) in the bytes `begin` to `end` of the source, which must lie in
/// it. Memory does not grow with the document: a string or key has at most 64 KiB, and nesting goes at most
/// 16 deep. Members that are there twice are visited twice. kBadData, with `name`, for anything else.
[[nodiscard]] Result<> walk_json(ByteSource& source, std::uint64_t begin, std::uint64_t end,
                                 const std::string& name, const JsonVisitor& visit);

/// The same for a file of at most `max_bytes`.
[[nodiscard]] Result<> walk_json_file(ByteSource& source, std::uint64_t max_bytes, const std::string& name,
                                      const JsonVisitor& visit);

}  // namespace vat::modelfile
