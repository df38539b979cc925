#include "voice_background.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "voice_fetch.h"
#include "voice_packs.h"

namespace vat::app {
namespace {

constexpr std::chrono::hours kNotAgainWithin{1};

}  // namespace

BackgroundVoices::BackgroundVoices(const catalog::ModelStore& store, bool may_fetch)
    : store_(store), may_fetch_(may_fetch && store.may_pull()) {}

BackgroundVoices::~BackgroundVoices() = default;

Result<std::optional<std::string>> BackgroundVoices::need(const tts::Engines& engines,
                                                          const pipeline::SpeechOptions& options,
                                                          const std::string& language) {
  using Answer = std::optional<std::string>;
  const VoiceNeed need = may_fetch_ ? needed_voice(store_, engines, options, language) : VoiceNeed::kNone;
  if (need == VoiceNeed::kNone) return Answer();
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (!fetching_ && (!failure_ || now - failed_at_ >= kNotAgainWithin)) {
    fetching_ = true;
    percent_ = 0;
    failure_.reset();
    thread_ = std::jthread(
        [this, engines, language](const std::stop_token& stop) { fetch(engines, language, stop); });
  }
  if (need == VoiceNeed::kAsked) {
    Error error(ErrorCode::kUnavailable,
                fetching_ ? fetching_sentence() + " Try again soon." : failure_->message);
    return fail(std::move(error).as_retryable(fetching_).about_field("voice"));
  }
  return Answer(fetching_ ? fetching_sentence() + " A simpler one speaks meanwhile."
                          : "A simpler voice speaks, as the natural ones could not be fetched: " +
                                failure_->message);
}

Result<> BackgroundVoices::state() const {
  const std::lock_guard lock(mutex_);
  if (fetching_) return fail(ErrorCode::kUnavailable, fetching_sentence());
  if (failure_) return fail(failure_->code, failure_->message);
  return {};
}

std::string BackgroundVoices::fetching_sentence() const {
  return "The natural voices are being fetched (" + std::to_string(percent_) + "%).";
}

void BackgroundVoices::fetch(const tts::Engines& engines, const std::string& language,
                             const std::stop_token& stop) {
  const catalog::VoicePack* const pack = find_pack(kNaturalPack);
  const std::uint64_t all = std::max<std::uint64_t>(missing_bytes(store_, *pack), 1);
  log(LogLevel::kInfo, "The natural voices are fetched in the background.");
  const auto show = [&](const std::string& /*file*/, const catalog::PullProgress& now) {
    // Of files that are not there yet, one has begun.
    const std::uint64_t here = all - std::min(missing_bytes(store_, *pack), all);
    const std::uint64_t done = std::min(here + now.done, all);
    const std::lock_guard lock(mutex_);
    percent_ = std::min(static_cast<int>(done * 100 / all), 99);
  };
  Result<> pulled = pull_voice(store_, kNaturalPack, show, stop);
  if (pulled) pulled = fetch_faster_voice(store_, engines, language, {}, {}, stop);
  if (stop.stop_requested()) return;
  log(pulled ? LogLevel::kInfo : LogLevel::kWarning,
      pulled ? "The natural voices are installed."
             : "The natural voices could not be fetched: " + pulled.error().message);
  const std::lock_guard lock(mutex_);
  fetching_ = false;
  failed_at_ = std::chrono::steady_clock::now();
  if (!pulled) failure_ = std::move(pulled).error();
}

}  // namespace vat::app
