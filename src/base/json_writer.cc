#include "base/json_writer.h"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace vat {
namespace {

template <class Number>
void append_number(std::string& out, Number value) {
  if (!std::isfinite(value)) value = 0;
  std::array<char, 64> buffer{};
  // The shortest form that reads back the same; far from 1 it has an exponent, which JSON allows.
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  out.append(buffer.data(), result.ptr);
}

/// Most texts are such: names, identifiers, times.
bool needs_no_escape(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(),
                     [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; });
}

}  // namespace

void JsonWriter::separate() {
  if (!first_ && !after_key_) out_ += ',';
  if (line_) out_ += '\n';
  line_ = false;
  first_ = false;
  after_key_ = false;
}

void JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
  first_ = true;
}

void JsonWriter::close(char bracket) {
  if (line_) out_ += '\n';
  line_ = false;
  out_ += bracket;
  first_ = false;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  string(name);
  out_ += ':';
  after_key_ = true;
  return *this;
}

void JsonWriter::string(std::string_view bytes) {
  separate();
  if (needs_no_escape(bytes)) {
    out_ += '"';
    out_ += bytes;
    out_ += '"';
    return;
  }
  const std::string text = to_utf8(bytes);
  out_ += boost::json::serialize(boost::json::string(text.data(), text.size()));
}

void JsonWriter::integer(std::int64_t value) {
  separate();
  out_ += std::to_string(value);
}

void JsonWriter::number(double value) {
  separate();
  append_number(out_, value);
}

void JsonWriter::number(float value) {
  separate();
  append_number(out_, value);
}

void JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
}

}  // namespace vat
