// A speech or a dub whose sentences can be made again. Private to api.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "api/services.h"
#include "base/result.h"
#include "domain/job.h"
#include "pipeline/retake.h"
#include "pipeline/takes.h"

namespace vat::api {

struct KeptSpeech {
  Job job;
  Artifact file;  ///< The speech or the dub.
  Artifact list;  ///< Of its sentences; its id changes with every change of them.
  pipeline::SpeechTakes takes;
  std::vector<Artifact> all;  ///< Files of the job.

  [[nodiscard]] bool is_dub() const { return file.kind == "dub"; }
};

/// kNotFound for a file that is no speech, or of which the sentences are not kept. Blocks.
[[nodiscard]] Result<KeptSpeech> find_kept_speech(const Services& services, const std::string& user_id,
                                                  const std::string& job_id, const std::string& name);

/// What a speech has become.
struct RevisedSpeech {
  pipeline::SpeechTakes takes;
  std::string revision;  ///< The id of its list.
  std::vector<std::string> warnings;
};

/// Makes the sentence again and then the file, which replaces the one before when it is whole. `sentence`
/// must exist. Error 412 if the speech has changed in the meantime; kExists while its job waits or runs;
/// kUnavailable and others if it cannot be spoken. Blocks for as long as that takes.
[[nodiscard]] Result<RevisedSpeech> make_again(const Services& services, const KeptSpeech& speech,
                                               std::size_t sentence, const pipeline::TakeWish& wish);
/// The same with the take before; kExists when there is none.
[[nodiscard]] Result<RevisedSpeech> take_back(const Services& services, const KeptSpeech& speech,
                                              std::size_t sentence);

/// The sound of the sentence as it is heard, as a WAV file in a folder of its own, which `hold` removes in
/// the end. `sentence` must exist. Blocks.
struct HeardSentence {
  std::filesystem::path file;
  std::shared_ptr<void> hold;
};
[[nodiscard]] Result<HeardSentence> hear_sentence(const Services& services, const KeptSpeech& speech,
                                                  std::size_t sentence);

/// 412 for who does not know the newest sentences.
[[nodiscard]] tl::unexpected<Error> stale_speech();

}  // namespace vat::api
