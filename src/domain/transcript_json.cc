#include "domain/transcript_json.h"

#include <boost/json.hpp>
#include <cmath>
#include <cstdint>
#include <exception>
#include <limits>
#include <utility>

#include "base/json_writer.h"

namespace vat {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxDepth = 8;
constexpr std::int64_t kFormat = 1;

/// Why a document is rejected. Thrown and caught in this file only.
struct Refusal {
  const char* detail;
};

// describe() names the members of each structure once, in their order; Writer writes what it names, and
// Reader reads it.

template <class Io>
void describe(Io& io, typename Io::template Of<Word>& word) {
  io.time("start", word.start);
  io.time("end", word.end);
  io.text("text", word.text);
  io.number("confidence", word.confidence);
  io.flag("joined", word.joined);
}

template <class Io>
void describe(Io& io, typename Io::template Of<Segment>& segment) {
  io.time("start", segment.start);
  io.time("end", segment.end);
  io.text("text", segment.text);
  io.text_if_any("language", segment.language);
  io.number("average_log_probability", segment.average_log_probability);
  io.number("no_speech_probability", segment.no_speech_probability);
  io.number("compression_ratio", segment.compression_ratio);
  io.number("temperature", segment.temperature);
  io.text_if_any("speaker", segment.speaker);
  io.flag("overlapped", segment.overlapped);
  io.list("words", segment.words);
}

template <class Io>
void describe(Io& io, typename Io::template Of<Speaker>& speaker) {
  io.text("id", speaker.id);
  io.text_if_any("name", speaker.name);
  io.number_if_any("pitch", speaker.pitch);
}

template <class Io>
void describe(Io& io, typename Io::template Of<SpeakerTurn>& turn) {
  io.time("start", turn.start);
  io.time("end", turn.end);
  io.count("speaker", turn.speaker);
}

template <class Io>
void describe(Io& io, typename Io::template Of<SoundEvent>& sound) {
  io.time("start", sound.start);
  io.time("end", sound.end);
  io.text("text", sound.text);
}

template <class Io>
void describe(Io& io, typename Io::template Of<RemovedPassage>& passage) {
  io.time("start", passage.start);
  io.time("end", passage.end);
  io.text("text", passage.text);
  io.reason("reason", passage.reason);
}

template <class Io>
void describe(Io& io, typename Io::template Of<Removed>& removed) {
  io.count("silence_segments", removed.silence_segments);
  io.count("repetition_segments", removed.repetition_segments);
  io.count("words", removed.words);
  io.list_if_any("passages", removed.passages);
}

template <class Io>
void describe(Io& io, typename Io::template Of<TimeSpan>& span) {
  io.time("start", span.start);
  io.time("end", span.end);
}

template <class Io>
void describe(Io& io, typename Io::template Of<Coverage>& coverage) {
  io.time("speech", coverage.speech);
  io.time("with_words", coverage.with_words);
  io.list("without_words", coverage.without_words);
}

template <class Io>
void describe(Io& io, typename Io::template Of<Timings>& timings) {
  io.number("total", timings.total);
  io.number("recognition", timings.recognition);
}

template <class Io>
void describe(Io& io, typename Io::template Of<ChunkText>& text) {
  io.format();
  io.text("language", text.language);
  io.number("language_probability", text.language_probability);
  io.object("removed", text.removed);
  io.list_if_any("sounds", text.sounds);
  io.list("segments", text.segments);
}

template <class Io>
void describe(Io& io, typename Io::template Of<Transcript>& transcript) {
  io.format();
  io.text("engine", transcript.engine);
  io.text("model", transcript.model);
  io.text("model_version", transcript.model_version);
  io.text("task", transcript.task);
  io.text("language", transcript.language);
  io.number("language_probability", transcript.language_probability);
  io.time("duration", transcript.duration);
  io.time("speech", transcript.speech);
  io.object("removed", transcript.removed);
  io.list_if_any("sounds", transcript.sounds);
  io.object("coverage", transcript.coverage);
  io.object("timings", transcript.timings);
  io.list_if_any("speakers", transcript.speakers);
  io.list_if_any("turns", transcript.turns);
  io.texts("warnings", transcript.warnings);
  io.list("segments", transcript.segments);
}

class Writer {
 public:
  template <class T>
  using Of = const T;

  explicit Writer(std::string& out) : json_(out) {}

  template <class T>
  void value(const T& structure) {
    json_.begin_object();
    describe(*this, structure);
    json_.end_object();
  }

  void format() { json_.key("format").integer(kFormat); }
  void text(std::string_view name, const std::string& text) { json_.key(name).string(text); }
  /// Not there when it is empty.
  void text_if_any(std::string_view name, const std::string& text) {
    if (!text.empty()) this->text(name, text);
  }
  void number(std::string_view name, float number) { json_.key(name).number(number); }
  void number(std::string_view name, double number) { json_.key(name).number(number); }
  /// Not there when it is 0.
  void number_if_any(std::string_view name, double number) {
    if (number != 0) this->number(name, number);
  }
  void count(std::string_view name, std::size_t count) {
    json_.key(name).integer(static_cast<std::int64_t>(count));
  }
  /// Not there when it is false.
  void flag(std::string_view name, bool flag) {
    if (flag) json_.key(name).boolean(true);
  }
  void time(std::string_view name, Millis time) { json_.key(name).integer(time.count()); }
  void texts(std::string_view name, const std::vector<std::string>& texts) { json_.key(name).strings(texts); }
  template <class T>
  void object(std::string_view name, const T& structure) {
    json_.key(name);
    value(structure);
  }
  /// Not there when it is empty.
  template <class T>
  void object(std::string_view name, const std::optional<T>& structure) {
    if (structure) object(name, *structure);
  }
  template <class T>
  void list(std::string_view name, const std::vector<T>& items) {
    json_.key(name).array(items, [this](const T& item) { value(item); });
  }
  /// Not there when it is empty.
  template <class T>
  void list_if_any(std::string_view name, const std::vector<T>& items) {
    if (!items.empty()) list(name, items);
  }
  void reason(std::string_view name, RemovalReason reason) {
    json_.key(name).string(removal_reason_name(reason));
  }

 private:
  JsonWriter json_;
};

const json::object& object_in(const json::value& value) {
  if (!value.is_object()) throw Refusal{"an object is missing"};
  return value.get_object();
}

std::string text_in(const json::value& value) {
  if (!value.is_string()) throw Refusal{"a member is not a string"};
  return {value.get_string().begin(), value.get_string().end()};
}

/// Of one object. Throws a Refusal of what is not as it should be.
class Reader {
 public:
  template <class T>
  using Of = T;

  explicit Reader(const json::object& object) : object_(object) {}

  void format() const {
    if (read<std::uint32_t>("format", "the format is no number") != kFormat)
      throw Refusal{"the format differs"};
  }
  void text(std::string_view name, std::string& text) const { text = text_in(member(name)); }
  void text_if_any(std::string_view name, std::string& text) const {
    if (find(name) != nullptr) this->text(name, text);
  }
  void number(std::string_view name, double& number) const {
    number = read<double>(name, kNotFinite);
    if (!std::isfinite(number)) throw Refusal{kNotFinite};
  }
  void number(std::string_view name, float& number) const {
    double wide = 0;
    this->number(name, wide);
    if (std::abs(wide) > static_cast<double>(std::numeric_limits<float>::max())) throw Refusal{kNotFinite};
    number = static_cast<float>(wide);
  }
  void number_if_any(std::string_view name, double& number) const {
    if (find(name) != nullptr) this->number(name, number);
  }
  void count(std::string_view name, std::size_t& count) const {
    count = read<std::uint32_t>(name, "a member is not a count");
  }
  void flag(std::string_view name, bool& flag) const {
    const json::value* const value = find(name);
    if (value != nullptr && !value->is_bool()) throw Refusal{"a member is not a boolean"};
    flag = value != nullptr && value->get_bool();
  }
  /// Of any size: in_order() has the last word.
  void time(std::string_view name, Millis& time) const {
    time = Millis(read<std::int64_t>(name, "a member is no time"));
  }
  void texts(std::string_view name, std::vector<std::string>& texts) const {
    for (const json::value& value : array(name)) texts.push_back(text_in(value));
  }
  template <class T>
  void object(std::string_view name, T& structure) const {
    Reader reader(object_in(member(name)));
    describe(reader, structure);
  }
  template <class T>
  void object(std::string_view name, std::optional<T>& structure) const {
    if (find(name) != nullptr) object(name, structure.emplace());
  }
  template <class T>
  void list(std::string_view name, std::vector<T>& items) const {
    for (const json::value& value : array(name)) {
      Reader reader(object_in(value));
      describe(reader, items.emplace_back());
    }
  }
  template <class T>
  void list_if_any(std::string_view name, std::vector<T>& items) const {
    if (find(name) != nullptr) list(name, items);
  }
  void reason(std::string_view name, RemovalReason& reason) const {
    const std::optional<RemovalReason> known = parse_removal_reason(text_in(member(name)));
    if (!known) throw Refusal{"a reason is unknown"};
    reason = *known;
  }

 private:
  static constexpr const char* kNotFinite = "a member is not a finite number";

  [[nodiscard]] const json::value* find(std::string_view name) const {
    return object_.if_contains(json::string_view(name.data(), name.size()));
  }
  [[nodiscard]] const json::value& member(std::string_view name) const {
    const json::value* const value = find(name);
    if (value == nullptr) throw Refusal{"a member is missing"};
    return *value;
  }
  [[nodiscard]] const json::array& array(std::string_view name) const {
    const json::value& value = member(name);
    if (!value.is_array()) throw Refusal{"a member is not an array"};
    return value.get_array();
  }
  template <class Number>
  [[nodiscard]] Number read(std::string_view name, const char* refusal) const {
    json::error_code error;
    const auto number = member(name).to_number<Number>(error);
    if (error) throw Refusal{refusal};
    return number;
  }

  const json::object& object_;
};

template <class Value>
std::string write(const Value& value) {
  std::string text;
  Writer(text).value(value);
  return text;
}

/// Whether the times can be.
bool in_order(const ChunkText& text) {
  constexpr Millis kLongest = std::chrono::hours(24);
  return !find_time_fault(text.segments, kLongest) && asides_within(text.removed, text.sounds, kLongest);
}
bool in_order(const Transcript& transcript) {
  return check_times(transcript).has_value() && check_speakers(transcript).has_value();
}

template <class Value>
Result<Value> read(std::string_view text, std::size_t max_bytes, const char* sentence) {
  const auto refuse = [&](std::string detail) {
    return fail(ErrorCode::kBadData, sentence, std::move(detail));
  };
  if (text.size() > max_bytes) return refuse("it is too large");
  json::parse_options options;
  options.max_depth = kMaxDepth;
  try {
    json::error_code error;
    // Freed at once at the end, instead of value by value.
    json::monotonic_resource memory;
    const json::value document =
        json::parse(json::string_view(text.data(), text.size()), error, &memory, options);
    if (error) return refuse(error.message());
    Value value;
    Reader reader(object_in(document));
    describe(reader, value);
    if (!in_order(value)) return refuse("a time is out of order, or a speaker is unknown");
    return value;
  } catch (const Refusal& refusal) {
    return refuse(refusal.detail);
  } catch (const std::exception& exception) {
    return refuse(exception.what());
  }
}

}  // namespace

std::string to_json(const ChunkText& text) { return write(text); }

Result<ChunkText> chunk_text_from_json(std::string_view json_text) {
  return read<ChunkText>(json_text, 4U << 20U,
                         "The checkpoint of a chunk is damaged; the chunk must be recognised again.");
}

std::string to_json(const Transcript& transcript) { return write(transcript); }

Result<Transcript> transcript_from_json(std::string_view json_text) {
  return read<Transcript>(json_text, 256U << 20U, "The document is not a transcript of this program.");
}

}  // namespace vat
