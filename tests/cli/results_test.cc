// From a recording to its results and back, by running the program as a user would.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "cli_test.h"
#include "media/audio_reader.h"
#include "media/probe.h"
#include "modelfile/testing/synthetic.h"

namespace vat::cli_test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr double kWorstErrorRate = 0.4;  // PocketSphinx recognises most of flite's words

class Results : public CliTest {};

TEST_F(Results, AVideoGivesTranscriptSubtitlesAndSpeechBesideIt) {
  make_video("talk.mp4");
  const Outcome run = vat({"process", "talk.mp4"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(files(),
              ElementsAre("talk.json", "talk.mp4", "talk.speech.mp3", "talk.srt", "talk.txt", "talk.vtt"));
  EXPECT_LE(error_rate(kSaid, text_of("talk.txt")), kWorstErrorRate) << text_of("talk.txt");
  EXPECT_THAT(text_of("talk.srt"), AllOf(StartsWith("1\n00:00:0"), HasSubstr(" --> ")));
  EXPECT_THAT(text_of("talk.vtt"), StartsWith("WEBVTT\n"));

  const auto speech = media::probe(path("talk.speech.mp3"));
  ASSERT_TRUE(speech) << speech.error().message;
  EXPECT_EQ(speech->container, "mp3");
  EXPECT_EQ(speech->audio.front().codec, "mp3");

  const boost::json::object json = json_of("talk.json").as_object();
  EXPECT_EQ(json.at("language"), "english");
  EXPECT_EQ(json.at("engine"), "pocketsphinx");
  EXPECT_EQ(json.at("model"), "en-us");
  EXPECT_GT(json.at("words").as_array().size(), 10U);
  // Both the terminal and the result say that the engine was not Whisper.
  EXPECT_THAT(run.err, HasSubstr("PocketSphinx is used instead"));
  ASSERT_EQ(json.at("warnings").as_array().size(), 1U);
  EXPECT_THAT(std::string(json.at("warnings").as_array()[0].as_string()),
              HasSubstr("PocketSphinx is used instead"));
}

TEST_F(Results, ASpokenTextIsRecognisedAgain) {
  put("notes.txt", kSaid);
  Outcome run = vat({"speak", "notes.txt"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  run = vat({"transcribe", "notes.mp3", "--engine", "pocketsphinx", "-o", "-", "--prompt", "A letter."});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("Only Whisper knows prompts and carried text; they are ignored."));
  EXPECT_LE(error_rate(kSaid, run.out), kWorstErrorRate) << run.out;
}

TEST_F(Results, TheSpeechIsCheckedByTranscribingIt) {
  const Outcome run = vat({"speak", "--text", std::string(kSaid), "-o", "a.wav", "--check"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("% word error rate, transcribed by PocketSphinx en-us (18 words; "));
  const Outcome process = vat({"process", "a.wav", "--check", "-f", "txt", "--engine", "pocketsphinx"});
  ASSERT_EQ(process.exit_code, 0) << process.err;
  EXPECT_THAT(process.err, HasSubstr("% word error rate"));
  EXPECT_EQ(vat({"speak", "--text", "a", "-o", "-", "--check"}).exit_code, 2);
}

TEST_F(Results, ATrackIsChosenByItsNumber) {
  make_two_tracks("film.mkv");
  const Outcome run = vat({"transcribe", "film.mkv", "--track", "2", "-o", "-"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_LE(error_rate(kSaid, run.out), kWorstErrorRate) << run.out;
  EXPECT_GT(error_rate(kSaid, vat({"transcribe", "film.mkv", "-o", "-"}).out), 0.8)
      << "the tone is the default";
  EXPECT_EQ(vat({"transcribe", "film.mkv", "--track", "3", "-o", "-"}).exit_code, 4);
}

TEST_F(Results, WhisperTranscribesEveryChunk) {
  make_model("model.bin");
  make_long_speech("long.wav");
  const Outcome run = vat({"process", "long.wav", "--model", "model.bin", "--no-speech", "-o", "out"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const boost::json::object json = json_of("out/long.json").as_object();
  EXPECT_EQ(json.at("engine"), "whisper");
  EXPECT_TRUE(json.at("warnings").as_array().empty());
  EXPECT_THAT(run.err, HasSubstr("transcribed by Whisper"));
  // The model says its words once in each chunk, and no chunk is longer than 30 s.
  const std::string text = text_of("out/long.txt");
  EXPECT_THAT(text, HasSubstr(modelfile::synthetic_words({.tokens_per_window = 24}).front()));
  EXPECT_GT(json.at("segments").as_array().size(), 10U);
  EXPECT_GT(json.at("duration").to_number<double>(), 240);
}

TEST_F(Results, ATranslationSaysThatItIsOne) {
  make_model("model.bin");
  make_speech("a.wav");
  const Words words{"transcribe", "a.wav", "--model", "model.bin", "-l", "de", "-f", "json", "--force"};
  Words translating = words;
  translating.emplace_back("--translate");
  const Outcome run = vat(translating);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const boost::json::object translation = json_of("a.json").as_object();
  EXPECT_EQ(translation.at("task"), "translate");
  EXPECT_EQ(translation.at("language_code"), "de");  // what was spoken
  EXPECT_THAT(std::string(translation.at("text").as_string()),
              HasSubstr(modelfile::synthetic_words({.tokens_per_window = 24}).front()));
  ASSERT_EQ(vat(words).exit_code, 0);
  EXPECT_EQ(json_of("a.json").as_object().at("task"), "transcribe");
}

TEST_F(Results, SubtitlesAreSpokenAtTheirTimes) {
  put("talk.srt",
      "1\n00:00:01,000 --> 00:00:02,500\nGood morning.\n\n2\n00:00:06,000 --> 00:00:08,000\nGood night.\n");
  Outcome run = vat({"speak", "talk.srt", "-o", "talk.wav"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto timed = media::probe(path("talk.wav"));
  ASSERT_TRUE(timed);
  EXPECT_NEAR(to_seconds(*timed->duration), 8, 0.3);

  put("talk.mp3", "the recording of which talk.srt is the transcript");
  run = vat({"speak", "talk.srt", "--force"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(text_of("talk.mp3"), "the recording of which talk.srt is the transcript");
  EXPECT_TRUE(media::probe(path("talk.speech.mp3")));

  put("two.vtt",
      "WEBVTT\n\n00:01.000 --> 00:02.500\n<v Anna>Good morning.\n\n00:03.000 --> 00:05.000\n<v Bob>Good "
      "night.\n");
  run = vat({"speak", "two.vtt", "-o", "two.wav", "--speech-engine", "flite", "--voice-for", "Bob=awb"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, AllOf(HasSubstr("(Anna)"), HasSubstr("awb (Bob)"), Not(HasSubstr("awb (Anna)"))));

  run = vat({"speak", "talk.srt", "-o", "read.wav", "--ignore-times"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_LT(to_seconds(*media::probe(path("read.wav"))->duration), 5);
}

TEST_F(Results, ADubHasTheOriginalTheSpeechAndTheSubtitles) {
  make_video("talk.mp4");
  const Outcome run = vat({"process", "talk.mp4", "--dub", "--engine", "pocketsphinx"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto original = media::probe(path("talk.mp4"));
  const auto dub = media::probe(path("talk.dub.mp4"));
  ASSERT_TRUE(dub) << dub.error().message;
  EXPECT_EQ(dub->video_codec, original->video_codec);
  EXPECT_EQ(dub->width, original->width);
  ASSERT_EQ(dub->audio.size(), 2U);
  EXPECT_EQ(dub->audio[0].codec, original->audio[0].codec);
  EXPECT_EQ(dub->audio[1].language, "eng");
  EXPECT_EQ(dub->subtitle_tracks, 1);
  EXPECT_TRUE(exists("talk.speech.mp3"));

  make_speech("sound.wav");
  const Outcome refused = vat({"process", "sound.wav", "--dub"});
  EXPECT_EQ(refused.exit_code, 2) << refused.err;
  EXPECT_FALSE(exists("sound.txt"));
}

TEST_F(Results, ADubKeepsTheOriginalSoundAndHasAVoiceForEachSpeaker) {
  make_video("talk.mp4");
  put("talk.rttm",
      "SPEAKER talk 1 0.0 3.0 <NA> <NA> Anna <NA> <NA>\nSPEAKER talk 1 3.0 60.0 <NA> <NA> Bob <NA> <NA>\n");
  Words words{"process",         "talk.mp4",  "--engine",    "pocketsphinx", "--speech-engine",
              "flite",           "--dub",     "--force",     "--background", "duck",
              "--speakers-from", "talk.rttm", "--voice-for", "anna=kal16"};
  const Outcome run = vat(words);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, AllOf(HasSubstr("kal16 (Anna)"), HasSubstr("(Bob)"))) << text_of("talk.txt");
  const auto dub = media::probe(path("talk.dub.mp4"));
  ASSERT_TRUE(dub) << dub.error().message;
  ASSERT_EQ(dub->audio.size(), 2U);
  EXPECT_EQ(dub->audio[1].channels, 2);
  EXPECT_EQ(dub->audio[1].sample_rate, 48'000);

  words.back() = "Anna=nobody";
  EXPECT_EQ(vat(words).exit_code, 3);
  words.back() = "Anna";
  const Outcome refused = vat(words);
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("such as Anna=af_heart"));
}

TEST_F(Results, FormatsAreChosenByNameOrByTheOutputFile) {
  make_speech("a.wav");
  // The input after --format is an input.
  ASSERT_EQ(vat({"transcribe", "--engine", "pocketsphinx", "--format", "srt,tsv", "a.wav"}).exit_code, 0);
  EXPECT_THAT(files(), ElementsAre("a.srt", "a.tsv", "a.wav"));
  ASSERT_EQ(vat({"transcribe", "--engine", "pocketsphinx", "a.wav", "-o", "new/b.vtt"}).exit_code, 0);
  EXPECT_THAT(text_of("new/b.vtt"), StartsWith("WEBVTT"));
  EXPECT_THAT(files(), ElementsAre("a.srt", "a.tsv", "a.wav", "new/b.vtt"));

  EXPECT_EQ(vat({"transcribe", "a.wav", "-o", "b.vtt", "-f", "srt"}).exit_code, 2);
  EXPECT_EQ(vat({"transcribe", "a.wav", "-o", "b.mp3"}).exit_code, 2);
  EXPECT_EQ(vat({"process", "a.wav", "-o", "b.vtt"}).exit_code, 2);
  EXPECT_EQ(vat({"transcribe", "a.wav", "a.srt", "-o", "b.vtt"}).exit_code, 2);
}

TEST_F(Results, ARecordingWithoutSpeechHasAnEmptyTranscriptAndSaysSo) {
  put("empty.srt", "1\n00:00:01,000 --> 00:00:02,000\n...\n");
  EXPECT_EQ(vat({"speak", "empty.srt"}).exit_code, 4);
  put("words.txt", " ... \n");
  const Outcome run = vat({"speak", "words.txt"});
  EXPECT_EQ(run.exit_code, 4);
  EXPECT_THAT(run.err, HasSubstr("no words"));
  EXPECT_FALSE(exists("words.mp3"));
  EXPECT_FALSE(exists("empty.mp3"));
}

TEST_F(Results, TextOfMarksIsAnErrorAndLeavesNoFile) {
  for (const char* const text : {"$", "→", "|||", "♪♪", "😀 ©", "┌──┐"}) {
    for (const char* const engine : {"flite", "espeak-ng"}) {
      const Outcome run = vat({"speak", "--text", text, "-o", "marks.mp3", "--speech-engine", engine});
      EXPECT_EQ(run.exit_code, 4) << text;
      EXPECT_THAT(run.err, HasSubstr("no words to speak")) << text;
      EXPECT_FALSE(exists("marks.mp3")) << text;
    }
  }
}

TEST_F(Results, TextOfAnyEncodingIsSpokenAlike) {
  put("utf8.txt", "Caf\u00E9 d\u00E9j\u00E0 vu.");
  put("windows.txt", "Caf\xE9 d\xE9j\xE0 vu.");
  put("utf16.txt", std::string("\xFF\xFE"
                               "C\0a\0f\0\xE9\0 \0d\0\xE9\0j\0\xE0\0 \0v\0u\0.\0",
                               28));
  std::vector<std::string> sounds;
  for (const std::string name : {"utf8", "windows", "utf16"}) {
    const Outcome run =
        vat({"speak", name + ".txt", "--audio-format", "wav", "--speech-engine", "espeak-ng"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_THAT(run.err, Not(HasSubstr("left out")));
    sounds.push_back(text_of(name + ".wav"));
  }
  EXPECT_GT(sounds[0].size(), 10'000U);
  EXPECT_NEAR(static_cast<double>(sounds[1].size()), static_cast<double>(sounds[0].size()), 500);
  EXPECT_NEAR(static_cast<double>(sounds[2].size()), static_cast<double>(sounds[0].size()), 500);
}

TEST_F(Results, OfRollingAndOverlappingCuesTheTerminalTells) {
  put("roll.vtt",
      "WEBVTT\n\n00:00.000 --> 00:02.000\n \none two\n\n00:02.000 --> 00:02.010\none two\n \n\n"
      "00:02.010 --> 00:04.000\none two\nthree four\n");
  Outcome run = vat({"speak", "roll.vtt", "-o", "roll.wav"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, AllOf(HasSubstr("2 cues of 3"), HasSubstr("2 sentences")));
  put("both.srt",
      "1\n00:00:00,000 --> 00:00:04,000\nFirst.\n\n2\n00:00:00,000 --> 00:00:04,000\nSecond.\n\n"
      "3\n00:00:05,000 --> 00:00:08,000\n\u266A\u266A\n");
  run = vat({"speak", "both.srt", "-o", "both.wav"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, AllOf(HasSubstr("one after the other because they overlap: 1 cue"), HasSubstr("0:08"),
                             Not(HasSubstr("Spoken faster"))));
}

TEST_F(Results, ALongNameIsKeptOrShortened) {
  const std::string stem(251, 'n');
  put(stem + ".txt", "Hello.");
  ASSERT_EQ(vat({"speak", stem + ".txt", "-o", "talk.wav"}).exit_code, 0);
  std::filesystem::rename(path("talk.wav"), path(stem + ".wav"));
  std::filesystem::remove(path(stem + ".txt"));
  Outcome run = vat({"process", ".", "--engine", "pocketsphinx", "-f", "txt,json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(exists(stem + ".txt"));
  const std::size_t files_then = files().size();
  EXPECT_EQ(files_then, 4U);
  // The shortened name of the speech is known for a result.
  run = vat({"process", ".", "--engine", "pocketsphinx", "-f", "txt,json", "--force"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(files().size(), files_then);
}

TEST_F(Results, LocalVoicesSpeakOtherLanguagesAndFormats) {
  for (const char* const format : {"wav", "mp3", "opus", "m4a", "flac"}) {
    const Outcome run =
        vat({"speak", "--text", "Guten Tag", "-l", "de", "--audio-format", format, "-o", "."});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_THAT(run.err, HasSubstr("spoken by espeak-ng"));
    const auto info = media::probe(path(std::string("speech.") + format));
    ASSERT_TRUE(info) << format;
    EXPECT_THAT(info->container, Not(""));
  }
}

}  // namespace
}  // namespace vat::cli_test
