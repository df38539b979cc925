#include <gmock/gmock.h>

#include "base/uuid.h"
#include "db/testing/database_fixture.h"

namespace vat::db {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class TranscriptStoreTest : public testing::DatabaseTest {
 protected:
  TranscriptStore& transcripts() { return db_->transcripts(); }
  ErrorCode code_of(const auto& result) {
    EXPECT_FALSE(result.has_value());
    return result ? ErrorCode::kInternal : result.error().code;
  }
  static Transcript transcript_of(const std::vector<std::string>& texts) {
    Transcript transcript;
    transcript.engine = "whisper";
    transcript.language = "en";
    Millis at(0);
    for (const std::string& text : texts) {
      transcript.segments.push_back({.start = at, .end = at + Millis(900), .text = text});
      transcript.segments.back().words = {
          {.start = at, .end = at + Millis(900), .text = text, .confidence = 0.3F}};
      at += Millis(1000);
    }
    return transcript;
  }
  /// A completed job with these segments.
  Job heard(const std::vector<std::string>& texts, const std::string& user_id = kLocalUserId,
            const std::string& title = "Talk.mp4") {
    add_job(user_id, title);
    const ClaimedJob claimed = claim();
    const auto saved = db_->queue().save_transcript(claimed.lease, transcript_of(texts));
    EXPECT_TRUE(saved.has_value()) << saved.error().detail;
    EXPECT_TRUE(db_->queue().complete(claimed.lease, {}).has_value());
    return claimed.job;
  }
  std::vector<std::string> found(const std::string& query) {
    const auto hits = transcripts().search(kLocalUserId, query, 0, 100);
    EXPECT_TRUE(hits.has_value()) << query << ": " << hits.error().detail;
    std::vector<std::string> snippets;
    if (!hits) return snippets;
    for (SearchHit hit : *hits) {
      for (char& c : hit.snippet) c = c == '\x02' ? '[' : c == '\x03' ? ']' : c;
      snippets.push_back(hit.snippet);
    }
    return snippets;
  }
};
VAT_ON_BOTH_ENGINES(TranscriptStoreTest);

TEST_P(TranscriptStoreTest, WhatWasHeardIsTheFirstRevision) {
  const Job none = add_job(testing::kOtherUserId);
  EXPECT_EQ(code_of(transcripts().get(testing::kOtherUserId, none.id)), ErrorCode::kNotFound);
  EXPECT_THAT(transcripts().revisions(testing::kOtherUserId, none.id).value(), IsEmpty());
  ASSERT_TRUE(db_->jobs().cancel(testing::kOtherUserId, none.id).has_value());

  const Job job = heard({"Hello, world.", "Grüße \"世界\"."});
  const StoredTranscript stored = transcripts().get(kLocalUserId, job.id).value();
  EXPECT_EQ(stored.revision.number, 1);
  EXPECT_FALSE(stored.revision.edited);
  EXPECT_EQ(stored.revision.created_at, now());
  EXPECT_EQ(stored.transcript.segments, transcript_of({"Hello, world.", "Grüße \"世界\"."}).segments);
  EXPECT_TRUE(db_->jobs().get(kLocalUserId, job.id)->transcript_done);
  EXPECT_EQ(events(job.id, "transcript").at(0).data, R"({"revision":1,"edited":false})");
  EXPECT_EQ(code_of(transcripts().get(testing::kOtherUserId, job.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(transcripts().revisions(testing::kOtherUserId, job.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(transcripts().get(kLocalUserId, "x")), ErrorCode::kNotFound);
}

TEST_P(TranscriptStoreTest, AnEditIsANewRevisionOnTopOfTheNewest) {
  const Job job = heard({"Helo."});
  advance(std::chrono::seconds(1));
  const Transcript better = transcript_of({"Hello."});
  const TranscriptRevision second = transcripts().edit(kLocalUserId, job.id, 1, better).value();
  EXPECT_EQ(second.number, 2);
  EXPECT_TRUE(second.edited);
  const auto stale = transcripts().edit(kLocalUserId, job.id, 1, better);
  EXPECT_EQ(code_of(stale), ErrorCode::kExists);
  EXPECT_EQ(transcripts().get(kLocalUserId, job.id)->transcript.segments, better.segments);
  EXPECT_EQ(transcripts().get(kLocalUserId, job.id, 1)->transcript.text(), "Helo.");
  EXPECT_EQ(code_of(transcripts().get(kLocalUserId, job.id, 3)), ErrorCode::kNotFound);
  const auto revisions = transcripts().revisions(kLocalUserId, job.id).value();
  ASSERT_EQ(revisions.size(), 2U);
  EXPECT_EQ(revisions[1].created_at, now());
  EXPECT_EQ(events(job.id, "transcript").at(1).data, R"({"revision":2,"edited":true})");
  EXPECT_EQ(code_of(transcripts().edit(testing::kOtherUserId, job.id, 2, better)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(transcripts().edit(kLocalUserId, add_job().id, 0, better)), ErrorCode::kNotFound);
}

TEST_P(TranscriptStoreTest, TimesThatRunBackwardsAreNotStored) {
  const Job job = heard({"Hello."});
  Transcript bad = transcript_of({"Hello."});
  bad.segments[0].end = Millis(-1);
  EXPECT_EQ(code_of(transcripts().edit(kLocalUserId, job.id, 1, bad)), ErrorCode::kBadData);
}

TEST_P(TranscriptStoreTest, SearchFindsSegmentsThatHaveAllWords) {
  const Job job = heard({"The quick brown fox.", "A lazy dog sleeps.", "The dog and the fox meet."});
  EXPECT_THAT(found("FOX dog"), ElementsAre("The [dog] and the [fox] meet."));
  EXPECT_EQ(found("fox").size(), 2U);
  EXPECT_THAT(found("cat"), IsEmpty());
  EXPECT_THAT(found("fo"), IsEmpty()) << "whole words";
  const SearchHit hit = transcripts().search(kLocalUserId, "lazy", 0, 10)->at(0);
  EXPECT_EQ(hit.job_id, job.id);
  EXPECT_EQ(hit.title, "Talk.mp4");
  EXPECT_EQ(hit.start, Millis(1000));
  EXPECT_EQ(hit.end, Millis(1900));
}

TEST_P(TranscriptStoreTest, SearchSeesOnlyOnesOwnTranscripts) {
  heard({"A secret of somebody else."}, testing::kOtherUserId);
  heard({"Nothing here."});
  EXPECT_THAT(found("secret"), IsEmpty());
  EXPECT_EQ(transcripts().search(testing::kOtherUserId, "secret", 0, 10)->size(), 1U);
}

TEST_P(TranscriptStoreTest, SearchSeesTheNewestRevisionAndNothingOfRemovedJobs) {
  const Job job = heard({"Old words."});
  ASSERT_TRUE(transcripts().edit(kLocalUserId, job.id, 1, transcript_of({"New words."})).has_value());
  EXPECT_THAT(found("old"), IsEmpty());
  EXPECT_THAT(found("new"), ElementsAre("[New] words."));
  ASSERT_TRUE(db_->jobs().remove(kLocalUserId, job.id).has_value());
  EXPECT_THAT(found("new"), IsEmpty());
  EXPECT_THAT(found("words"), IsEmpty());
}

TEST_P(TranscriptStoreTest, SearchKnowsTheWorldsScripts) {
  heard({"Die Grüße aus Köln.", "我们在东京都学习中文。", "Don't stop, l'été!", "Привет, мир", "हिन्दी भाषा",
         "ภาษาไทยง่าย", "Version 3.14 of C++"});
  EXPECT_THAT(found("grusse koln"), ElementsAre("Die [Grüße] aus [Köln]."));
  EXPECT_THAT(found("东京"), ElementsAre("我们在[东京]都学习中文。"));
  EXPECT_THAT(found("京东"), IsEmpty()) << "the letters of a word stand together";
  EXPECT_THAT(found("DON'T"), ElementsAre("[Don't] stop, l'été!"));
  EXPECT_THAT(found("ete"), ElementsAre("Don't stop, l'[été]!"));
  EXPECT_THAT(found("МИР"), ElementsAre("Привет, [мир]"));
  EXPECT_THAT(found("भाषा"), ElementsAre("हिन्दी [भाषा]"));
  EXPECT_THAT(found("ไทย"), ElementsAre("ภาษา[ไทย]ง่าย"));
  EXPECT_THAT(found("3.14"), ElementsAre("Version [3.14] of C++"));
}

TEST_P(TranscriptStoreTest, NoQueryIsSyntax) {
  heard({"Near and or not."});
  for (const std::string query :
       {"",    " ",    "\"",       "'", "*",   "a*",    "\"a",         "NEAR(",    "(",   ")",
        "-",   "a:b",  "words:x",  "^", "+",   "AND",   "OR NOT",      "a AND",    "\\",  "%",
        ";--", "\x02", "\xFF\xFE", "!", "<->", "&|!()", "' OR 1=1 --", "{a b}: c", "''''"}) {
    found(query);
  }
  EXPECT_THAT(found("NOT near"), ElementsAre("[Near] and or [not].")) << "words, not operators";
  EXPECT_THAT(found("near -and"), ElementsAre("[Near] [and] or not."));
  EXPECT_THAT(found(std::string(100'000, 'x')), IsEmpty());
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += "w" + std::to_string(i) + " ";
  EXPECT_THAT(found(many), IsEmpty());
  EXPECT_THAT(found(std::string("near\0and", 8)).size(), 1U);
}

TEST_P(TranscriptStoreTest, HitsComeInPages) {
  std::vector<std::string> texts;
  for (int i = 0; i < 25; ++i) texts.push_back("number " + std::to_string(i));
  heard(texts);
  std::set<std::int64_t> seen;
  for (std::size_t offset = 0; offset < 30; offset += 10) {
    const auto hits = transcripts().search(kLocalUserId, "number", offset, 10).value();
    for (const SearchHit& hit : hits) seen.insert(hit.start.count());
  }
  EXPECT_EQ(seen.size(), 25U);
  EXPECT_THAT(transcripts().search(kLocalUserId, "number", 1000, 10).value(), IsEmpty());
}

TEST_P(TranscriptStoreTest, AHugeSegmentIsStoredAndSearchable) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "word" + std::to_string(i) + " ";
  const Job job = heard({text + std::string(1'000'000, 'x')});
  EXPECT_EQ(found("word77").size(), 1U);
  EXPECT_LT(found("word77").at(0).size(), 1000U);
  EXPECT_EQ(transcripts().get(kLocalUserId, job.id)->transcript.segments[0].text.size(),
            text.size() + 1'000'000);
}

}  // namespace
}  // namespace vat::db
