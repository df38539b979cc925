#include "api/speech/kept_speech.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "api/files/recording.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/uuid.h"
#include "domain/object_store.h"
#include "pipeline/options_json.h"
#include "pipeline/result_files.h"
#include "pipeline/stages.h"
#include "pipeline/user_lexicon.h"
#include "uploads/work_folder.h"

namespace vat::api {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxListBytes = 64U << 20U;

const Artifact* find_artifact(const std::vector<Artifact>& all, std::string_view name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Artifact& file) { return file.name == name; });
  return found == all.end() ? nullptr : &*found;
}

tl::unexpected<Error> no_sentences() {
  return fail(
      ErrorCode::kNotFound,
      "The sentences of this speech are not kept; they are of every speech that is made from now on.");
}

/// The sounds of a speech, and those that were just made.
class Sounds {
 public:
  Sounds(const Services& services, const KeptSpeech& speech)
      : services_(services), files_(speech.all), master_(pipeline::master_name(speech.file.name)) {}

  void add(const Artifact& made) { files_.push_back(made); }
  Result<fs::path> find(const std::string& name) {
    const Artifact* const file = find_artifact(files_, name.empty() ? master_ : name);
    if (file == nullptr) return no_sentences();
    VAT_ASSIGN(held_, services_.objects.get(file->object_key));
    return held_.path;
  }

 private:
  const Services& services_;
  std::vector<Artifact> files_;
  const std::string master_;
  LocalObject held_;
};

/// One change of a speech: its files are made in a folder, stored, and take the place of those before at
/// once.
class Revision {
 public:
  Revision(const Services& services, const KeptSpeech& speech, uploads::WorkFolder folder)
      : services_(services),
        speech_(speech),
        folder_(std::move(folder)),
        takes_(speech.takes),
        sounds_(services, speech) {}

  [[nodiscard]] fs::path path(const std::string& name) const { return folder_.path() / name; }
  pipeline::SpeechTakes& takes() { return takes_; }
  std::vector<std::string>& warnings() { return warnings_; }

  /// A take that was made in this folder, on top of the others of its sentence.
  Result<> add_take(std::size_t sentence, pipeline::Take take, const fs::path& file) {
    take.file = pipeline::take_name(speech_.file.name, make_uuid());
    VAT_ASSIGN(Artifact kept, store(file, take.file, std::string(kTakeKind), "audio/flac"));
    sounds_.add(kept);
    made_.push_back(std::move(kept));
    pipeline::add_take(takes_, sentence, std::move(take));
    return {};
  }

  Result<RevisedSpeech> finish() {
    if (Result<> made = make_files(); !made) {
      discard();
      return fail(std::move(made).error());
    }
    auto replaced = services_.jobs.change_artifacts(speech_.job.user_id, speech_.job.id, change());
    if (!replaced) {
      // After a lost connection it is unknown whether it was written; an orphan is swept later.
      const ErrorCode code = replaced.error().code;
      if (code == ErrorCode::kExists || code == ErrorCode::kNotFound) discard();
      return fail(std::move(replaced).error());
    }
    if (!*replaced) {
      discard();
      return stale_speech();
    }
    for (const std::string& key : **replaced) remove_object(key);
    return RevisedSpeech{std::move(takes_), revision_, std::move(warnings_)};
  }

 private:
  void discard() const {
    for (const Artifact& artifact : made_) remove_object(artifact.object_key);
  }

  Result<> make_files() {
    const fs::path file = path("file");
    VAT_TRY(speech_.is_dub() ? make_dub(file) : join(file));
    VAT_ASSIGN(Artifact made, store(file, speech_.file.name, speech_.file.kind, speech_.file.content_type));
    takes_.speech_id = made.id;
    made_.push_back(std::move(made));
    const fs::path list = path("list");
    VAT_TRY(write_file_atomically(list, to_json(takes_), Overwrite::kReplace));
    VAT_ASSIGN(Artifact kept, store(list, speech_.list.name, speech_.list.kind, speech_.list.content_type));
    revision_ = kept.id;
    made_.push_back(std::move(kept));
    return {};
  }

  Result<> join(const fs::path& file) {
    return pipeline::join_takes(
        takes_, [this](const std::string& name) { return sounds_.find(name); }, file, services_.ending);
  }

  Result<> make_dub(const fs::path& file) {
    if (services_.media == nullptr) return fail(ErrorCode::kUnavailable, "Dubs are not made on this server.");
    VAT_ASSIGN(const Upload recording, find_recording(services_, speech_.job));
    VAT_ASSIGN(const LocalObject input, services_.objects.get(recording.object_key));
    VAT_ASSIGN(const StoredTranscript stored, services_.transcripts.get(speech_.job.user_id, speech_.job.id));
    VAT_ASSIGN(const pipeline::JobOptions options,
               pipeline::job_options_from_stored_json(speech_.job.options));
    VAT_ASSIGN(const subtitles::ShapedCues cues, pipeline::shape_cues(stored.transcript, options));
    pipeline::DubSound sound{.file = path("sound"), .spoken = {}};
    VAT_TRY(join(sound.file));
    for (const pipeline::Place& place : pipeline::places_of(takes_))
      sound.spoken.push_back({pipeline::speech_time(place.begin), pipeline::speech_time(place.end)});
    const pipeline::DubTarget target{.path = file,
                                     .extension = fs::path(speech_.file.name).extension().string().substr(1),
                                     .scratch = folder_.path(),
                                     .track = options.track};
    return pipeline::finish_dub(*services_.media, input.path, sound, stored.transcript, cues, options.spoken,
                                target, {}, services_.ending);
  }

  Result<Artifact> store(const fs::path& file, const std::string& name, const std::string& kind,
                         const std::string& content_type) {
    Artifact artifact{.id = make_uuid(),
                      .job_id = speech_.job.id,
                      .name = name,
                      .kind = kind,
                      .content_type = content_type,
                      .object_key = make_object_key("artifacts")};
    std::error_code error;
    artifact.size = fs::file_size(file, error);
    if (error) return fail(system_error(error.value(), "read", file.string()));
    VAT_ASSIGN(artifact.sha256, hash_file(Digest::kSha256, file));
    VAT_TRY(services_.objects.put(artifact.object_key, file));
    return artifact;
  }

  /// Takes that are on no sentence any more go.
  [[nodiscard]] ArtifactChange change() const {
    std::set<std::string> used;
    for (const pipeline::SpokenSentence& sentence : takes_.sentences)
      for (const pipeline::Take& take : sentence.takes) used.insert(take.file);
    const std::string own = pipeline::take_name(speech_.file.name, "");
    const std::string_view prefix = std::string_view(own).substr(0, own.rfind(".flac"));
    ArtifactChange change{.based_on = speech_.list.id, .made = made_, .dropped = {}};
    for (const Artifact& file : speech_.all)
      if (file.kind == kTakeKind && file.name.starts_with(prefix) && !used.contains(file.name))
        change.dropped.push_back(file.name);
    return change;
  }

  void remove_object(const std::string& key) const {
    if (const auto removed = services_.objects.remove(key); !removed)
      log(LogLevel::kWarning, "An orphaned file was not removed.",
          {{"reason", removed.error().message}, {"detail", removed.error().detail}});
  }

  const Services& services_;
  const KeptSpeech& speech_;
  const uploads::WorkFolder folder_;
  pipeline::SpeechTakes takes_;
  Sounds sounds_;
  std::vector<Artifact> made_;
  std::string revision_;
  std::vector<std::string> warnings_;
};

/// What is spoken on request is not an earlier sound from the cache.
Result<pipeline::MadeTake> speak_anew(const Services& services, const KeptSpeech& speech,
                                      std::size_t sentence, const pipeline::TakeWish& wish,
                                      const fs::path& file) {
  VAT_ASSIGN(auto lexicon, pipeline::lexicon_of(services.lexicons, speech.job.user_id));
  const pipeline::Speech voices = services.speech.without_cache().with_lexicon(std::move(lexicon));
  auto made = pipeline::speak_take(voices, speech.takes, sentence, wish, file, services.ending);
  if (made) return made;
  Error error = std::move(made).error();
  if (error.code == ErrorCode::kNotFound) return fail_field("voice", error.message);
  // Text in which only the engine finds nothing to say is refused like text without words.
  if (error.field == "text") error.code = ErrorCode::kInvalidArgument;
  return fail(std::move(error));
}

}  // namespace

tl::unexpected<Error> stale_speech() {
  return fail(http_refusal(412, "The speech has changed; read its sentences again.", "If-Match"));
}

Result<KeptSpeech> find_kept_speech(const Services& services, const std::string& user_id,
                                    const std::string& job_id, const std::string& name) {
  KeptSpeech speech;
  VAT_ASSIGN(speech.job, services.jobs.get(user_id, job_id));
  VAT_ASSIGN(speech.all, services.jobs.artifacts(user_id, job_id));
  const Artifact* const file = find_artifact(speech.all, name);
  if (file == nullptr) return fail(ErrorCode::kNotFound, "The job has no file with that name.");
  if (file->kind != "speech" && file->kind != "dub")
    return fail(ErrorCode::kNotFound, "This file is no speech, so it has no sentences to make again.");
  speech.file = *file;
  const Artifact* const list = find_artifact(speech.all, pipeline::takes_name(name));
  if (list == nullptr) return no_sentences();
  speech.list = *list;
  VAT_ASSIGN(const LocalObject object, services.objects.get(list->object_key));
  VAT_ASSIGN(const std::string text, read_file(object.path, kMaxListBytes));
  VAT_ASSIGN(speech.takes, pipeline::takes_from_json(text));
  // While another attempt of the job is about to replace it.
  if (speech.takes.speech_id != speech.file.id) return no_sentences();
  return speech;
}

Result<RevisedSpeech> make_again(const Services& services, const KeptSpeech& speech, std::size_t sentence,
                                 const pipeline::TakeWish& wish) {
  VAT_ASSIGN(uploads::WorkFolder folder, uploads::WorkFolder::create(services.objects));
  Revision revision(services, speech, std::move(folder));
  const fs::path file = revision.path("take");
  VAT_ASSIGN(pipeline::MadeTake made, speak_anew(services, speech, sentence, wish, file));
  revision.warnings() = std::move(made.warnings);
  VAT_TRY(revision.add_take(sentence, std::move(made.take), file));
  return revision.finish();
}

Result<RevisedSpeech> take_back(const Services& services, const KeptSpeech& speech, std::size_t sentence) {
  if (speech.takes.sentences.at(sentence).takes.size() < 2)
    return fail(ErrorCode::kExists, "This sentence is as it was made first.");
  VAT_ASSIGN(uploads::WorkFolder folder, uploads::WorkFolder::create(services.objects));
  Revision revision(services, speech, std::move(folder));
  revision.takes().sentences[sentence].takes.pop_back();
  return revision.finish();
}

Result<HeardSentence> hear_sentence(const Services& services, const KeptSpeech& speech,
                                    std::size_t sentence) {
  VAT_ASSIGN(uploads::WorkFolder folder, uploads::WorkFolder::create(services.objects));
  const auto kept = std::make_shared<uploads::WorkFolder>(std::move(folder));
  HeardSentence heard{.file = kept->path() / "sentence.wav", .hold = kept};
  Sounds sounds(services, speech);
  VAT_TRY(pipeline::write_heard(
      speech.takes, sentence, [&](const std::string& name) { return sounds.find(name); }, heard.file,
      services.ending));
  return heard;
}

}  // namespace vat::api
