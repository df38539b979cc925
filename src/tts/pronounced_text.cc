#include "tts/pronounced_text.h"

#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "tts/code_points.h"
#include "tts/marks.h"

namespace vat::tts {
namespace {

constexpr UChar32 kAnchor = 0xFFF9;
constexpr UChar32 kSeparator = 0xFFFA;
constexpr UChar32 kTerminator = 0xFFFB;
constexpr UChar32 kTagZero = 0xE0030;
constexpr UChar32 kFirstTag = 0xE0001;
constexpr UChar32 kLastTag = 0xE007F;
constexpr std::size_t kMaxPronunciations = 100'000;

void append_point(std::string& text, UChar32 point) { icu::UnicodeString(point).toUTF8String(text); }

bool is_pronunciation_mark(UChar32 point) {
  return (point >= kAnchor && point <= kTerminator) || (point >= kFirstTag && point <= kLastTag);
}

/// Reads one text with marks.
class MarkReader {
 public:
  explicit MarkReader(const std::vector<std::string>& list) : list_(list) {}

  void take(UChar32 point, std::string_view bytes) {
    if (point == kAnchor) {
      begin_ = result_.text.size();
      end_.reset();
    } else if (point == kSeparator) {
      if (begin_) end_ = result_.text.size();
      number_ = 0;
    } else if (point == kTerminator) {
      finish();
    } else if (point >= kTagZero && point < kTagZero + 10) {
      number_ = std::min(number_ * 10 + static_cast<std::size_t>(point - kTagZero), kMaxPronunciations);
    } else if (!is_pronunciation_mark(point)) {
      result_.text += bytes;
    }
  }
  PronouncedText result() { return std::move(result_); }

 private:
  void finish() {
    if (begin_ && end_ && *end_ > *begin_ && number_ < list_.size())
      result_.pronunciations.push_back({*begin_, *end_, list_[number_]});
    begin_.reset();
    end_.reset();
  }

  const std::vector<std::string>& list_;
  PronouncedText result_;
  std::optional<std::size_t> begin_;
  std::optional<std::size_t> end_;
  std::size_t number_ = 0;
};

}  // namespace

bool is_ipa_text(std::string_view text) {
  constexpr std::u32string_view kOthers = U" .-'|‖‿͡ˈˌːˑ˘";
  bool letter = false;
  bool valid = true;
  for_each_code_point(text, [&](UChar32 point, std::size_t, std::size_t) {
    const std::uint32_t category = U_GET_GC_MASK(point);
    letter = letter || (category & U_GC_L_MASK) != 0;
    valid = valid && ((category & (U_GC_L_MASK | U_GC_M_MASK | U_GC_SK_MASK)) != 0 ||
                      kOthers.find(static_cast<char32_t>(point)) != std::u32string_view::npos);
  });
  return letter && valid;
}

std::string without_pronunciation_marks(std::string_view text) {
  std::string result;
  for_each_code_point(text, [&](UChar32 point, std::size_t begin, std::size_t end) {
    if (!is_pronunciation_mark(point)) result += text.substr(begin, end - begin);
  });
  return result;
}

void append_pronounced(std::string& text, std::string_view words, std::string_view ipa,
                       std::vector<std::string>& list) {
  if (list.size() >= kMaxPronunciations) {
    text += words;
    return;
  }
  append_point(text, kAnchor);
  text += words;
  append_point(text, kSeparator);
  for (const char digit : std::to_string(list.size())) append_point(text, kTagZero + (digit - '0'));
  append_point(text, kTerminator);
  list.emplace_back(ipa);
}

PronouncedText read_pronounced(std::string_view text, const std::vector<std::string>& list) {
  MarkReader reader(list);
  for_each_code_point(text, [&](UChar32 point, std::size_t begin, std::size_t end) {
    reader.take(point, text.substr(begin, end - begin));
  });
  return reader.result();
}

std::string to_ssml(const PronouncedText& said) {
  const std::string_view text = said.text;
  std::string ssml = "<speak>";
  std::size_t done = 0;
  for (const Pronunciation& one : said.pronunciations) {
    ssml += escape_xml(text.substr(done, one.begin - done)) + "<phoneme alphabet=\"ipa\" ph=\"" +
            escape_xml(one.ipa) + "\">" + escape_xml(text.substr(one.begin, one.end - one.begin)) +
            "</phoneme>";
    done = one.end;
  }
  return ssml + escape_xml(text.substr(done)) + "</speak>";
}

Utterance without_marks(Utterance utterance) {
  const std::string text = std::exchange(utterance.text, {});
  const auto append = [&](std::size_t begin, std::size_t end) {
    utterance.text += without_marks(std::string_view(text).substr(begin, end - begin));
  };
  std::size_t done = 0;
  for (Pronunciation& said : utterance.pronunciations) {
    append(done, said.begin);
    done = said.end;
    const std::string words = text.substr(said.begin, said.end - said.begin);
    said.begin = utterance.text.size();
    utterance.text += words;
    said.end = utterance.text.size();
  }
  append(done, text.size());
  const std::string_view kept = trim(utterance.text);
  const auto removed = static_cast<std::size_t>(kept.data() - utterance.text.data());
  for (Pronunciation& said : utterance.pronunciations) {
    said.begin = std::min(said.begin - std::min(removed, said.begin), kept.size());
    said.end = std::min(said.end - std::min(removed, said.end), kept.size());
  }
  utterance.text = std::string(kept);
  return utterance;
}

}  // namespace vat::tts
