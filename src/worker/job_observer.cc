#include "worker/job_observer.h"

#include <algorithm>

#include "base/json_writer.h"

namespace vat::worker {
namespace {

std::string segment_event(std::int64_t index, const Segment& segment) {
  std::string data;
  JsonWriter json(data);
  json.begin_object();
  json.key("index").integer(index);
  json.key("start").number(to_seconds(segment.start));
  json.key("end").number(to_seconds(segment.end));
  json.key("text").string(segment.text);
  json.end_object();
  return data;
}

std::string warning_event(const std::string& sentence) {
  std::string data;
  JsonWriter json(data);
  json.begin_object();
  json.key("message").string(sentence);
  json.end_object();
  return data;
}

void replace_all(std::string& text, const std::string& what, const std::string& with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

}  // namespace

pipeline::Observer JobObserver::observer() {
  return {.progress = [this](const Progress& progress) { show(progress); },
          .note = [this](const std::string& sentence) { note(sentence); },
          .fetch =
              [this](const std::string& model, const catalog::PullProgress& pull) {
                if (pull.phase != catalog::PullPhase::kDownloading) return;
                const double fraction =
                    pull.total == 0 ? 0 : static_cast<double>(pull.done) / static_cast<double>(pull.total);
                job_.set_progress(
                    {.stage = Stage::kPrepare, .fraction = std::min(fraction, 1.0), .fetching = model});
              }};
}

std::string JobObserver::for_user(std::string sentence) const {
  for (const auto& [internal, name] : names_) replace_all(sentence, internal, name);
  return sentence;
}

void JobObserver::note(const std::string& sentence) {
  const std::string plain = for_user(sentence);
  {
    const std::lock_guard lock(mutex_);
    if (std::find(warnings_.begin(), warnings_.end(), plain) != warnings_.end()) return;
    warnings_.push_back(plain);
  }
  job_.add_event("warning", warning_event(plain));
}

std::vector<std::string> JobObserver::warnings() const {
  const std::lock_guard lock(mutex_);
  return warnings_;
}

/// On the recognition threads: nothing here waits for the database.
void JobObserver::show(const Progress& progress) {
  job_.set_progress({.stage = progress.stage,
                     .fraction = std::clamp(progress.fraction, 0.0, 1.0),
                     .done = progress.done,
                     .speed = progress.speed});
  if (progress.segment != nullptr) job_.add_event("segment", segment_event(segments_++, *progress.segment));
}

}  // namespace vat::worker
