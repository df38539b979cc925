#include "modelfile/import/json_walk.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <exception>
#include <limits>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace vat::modelfile {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kJsonBlockBytes = 64 * 1024;
constexpr std::size_t kMaxTextBytes = 64 * 1024;
constexpr std::size_t kMaxDepth = 16;

/// What Boost.JSON's parser calls: keeps the path to the current value.
class Walker {
 public:
  // Required by basic_parser.
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = kMaxTextBytes;
  static constexpr std::size_t max_string_size = kMaxTextBytes;

  explicit Walker(const JsonVisitor& visit) : visit_(visit) {}
  [[nodiscard]] const std::optional<Error>& refusal() const { return refusal_; }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) { return enter(false); }
  bool on_object_end(std::size_t, json::error_code&) { return leave(); }
  bool on_array_begin(json::error_code&) { return enter(true); }
  bool on_array_end(std::size_t, json::error_code&) { return leave(); }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) { return keep(part); }
  bool on_key(json::string_view part, std::size_t, json::error_code&) {
    keep(part);
    path_.back().key = std::exchange(text_, {});
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) { return keep(part); }
  bool on_string(json::string_view part, std::size_t, json::error_code& error) {
    keep(part);
    const std::string text = std::exchange(text_, {});
    return leaf({path_, std::string_view(text), std::nullopt}, error);
  }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t number, json::string_view, json::error_code& error) {
    return leaf({path_, std::nullopt, number}, error);
  }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code& error) { return other(error); }
  bool on_double(double, json::string_view, json::error_code& error) { return other(error); }
  bool on_bool(bool, json::error_code& error) { return other(error); }
  bool on_null(json::error_code& error) { return other(error); }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  bool keep(json::string_view part) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool enter(bool array) {
    path_.push_back(JsonStep{array, {}, 0});
    return true;
  }
  bool leave() {
    path_.pop_back();
    return advance();
  }
  bool advance() {
    if (!path_.empty() && path_.back().in_array) ++path_.back().index;
    return true;
  }
  bool other(json::error_code& error) { return leaf({path_, std::nullopt, std::nullopt}, error); }
  bool leaf(const JsonLeaf& leaf, json::error_code& error) {
    if (auto visited = visit_(leaf); !visited) {
      refusal_ = std::move(visited).error();
      error = json::error::exception;
      return false;
    }
    return advance();
  }

  const JsonVisitor& visit_;
  std::vector<JsonStep> path_;
  std::string text_;
  std::optional<Error> refusal_;
};

tl::unexpected<Error> not_json(const std::string& name, const std::string& why) {
  return fail(ErrorCode::kBadData, name + " is not valid JSON: " + why + ".");
}

Result<> walk(ByteSource& source, std::uint64_t begin, std::uint64_t end, const std::string& name,
              const JsonVisitor& visit) {
  json::parse_options limits;
  limits.max_depth = kMaxDepth;
  json::basic_parser<Walker> parser(limits, visit);
  std::string block;
  for (std::uint64_t at = begin; at < end || block.empty(); at += block.size()) {
    if (at == end) return not_json(name, "it is empty");
    block.resize(static_cast<std::size_t>(std::min(kJsonBlockBytes, end - at)));
    VAT_TRY(source.read_at(at, block));
    json::error_code error;
    const std::size_t read = parser.write_some(at + block.size() < end, block.data(), block.size(), error);
    if (parser.handler().refusal()) return fail(*parser.handler().refusal());
    if (error == json::error::too_deep)
      return not_json(name, "it is nested deeper than " + std::to_string(kMaxDepth));
    const std::string place = " at byte " + std::to_string(at - begin + read);
    if (error) return not_json(name, error.message() + place);
    if (read < block.size()) return not_json(name, "extra data" + place);
  }
  return {};
}

}  // namespace

Result<> walk_json(ByteSource& source, std::uint64_t begin, std::uint64_t end, const std::string& name,
                   const JsonVisitor& visit) {
  try {
    return walk(source, begin, end, name, visit);
  } catch (const std::exception& exception) {
    return fail(ErrorCode::kBadData, name + " cannot be read as JSON.", exception.what());
  }
}

Result<> walk_json_file(ByteSource& source, std::uint64_t max_bytes, const std::string& name,
                        const JsonVisitor& visit) {
  if (source.size() > max_bytes)
    return fail(ErrorCode::kBadData,
                name + " has " + format_bytes(source.size()) + ", which is more than such a file ever has.");
  return walk_json(source, 0, source.size(), name, visit);
}

}  // namespace vat::modelfile
