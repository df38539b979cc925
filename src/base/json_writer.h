// Writes JSON (RFC 8259) straight into a string, so that a long document is not also held as a tree, and
// numbers are written in short form (Boost.JSON writes 1.5 as 1.5E0).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vat {

/// The caller must write a key before each value of an object. One thread at a time.
class JsonWriter {
 public:
  /// Appends to `out`, which outlives the writer.
  explicit JsonWriter(std::string& out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  /// A line break before the next item, for readability.
  void new_line() { line_ = true; }

  JsonWriter& key(std::string_view name);
  void string(std::string_view bytes);  ///< Ill-formed UTF-8 is replaced.
  void integer(std::int64_t value);
  void number(double value);  ///< A number that is not finite is written as 0.
  void number(float value);
  void boolean(bool value) { raw(value ? "true" : "false"); }
  void null() { raw("null"); }
  /// Null for a missing value.
  void string_or_null(std::string_view text) { text.empty() ? null() : string(text); }
  void integer_or_null(std::optional<std::int64_t> value) { value ? integer(*value) : null(); }
  void number_or_null(std::optional<double> value) { value ? number(*value) : null(); }
  /// An array for which `write(item)` writes each value.
  template <class Items, class Write>
  void array(const Items& items, Write write) {
    begin_array();
    for (const auto& item : items) write(item);
    end_array();
  }
  void strings(const auto& texts) {
    array(texts, [this](std::string_view text) { string(text); });
  }
  /// A value that is already JSON.
  void raw(std::string_view json);

 private:
  void open(char bracket);
  void close(char bracket);
  void separate();

  std::string& out_;
  bool first_ = true;
  bool after_key_ = false;
  bool line_ = false;
};

}  // namespace vat
