// DOCX as other programs read it: an archive of well-formed XML.
#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/property_tree/xml_parser.hpp>
#include <memory>
#include <sstream>
#include <vector>

#include "subtitles/formats.h"

namespace vat::subtitles {
namespace {

namespace ptree = boost::property_tree;
using testing::ElementsAre;

std::vector<std::pair<std::string, std::string>> parts_of_archive(const std::string& bytes) {
  std::vector<std::pair<std::string, std::string>> parts;
  const std::unique_ptr<::archive, int (*)(::archive*)> reader(archive_read_new(), archive_read_free);
  archive_read_support_format_zip_seekable(reader.get());
  EXPECT_EQ(archive_read_open_memory(reader.get(), bytes.data(), bytes.size()), ARCHIVE_OK);
  ::archive_entry* entry = nullptr;
  while (archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK) {
    std::string content(static_cast<std::size_t>(archive_entry_size(entry)), '\0');
    EXPECT_EQ(archive_read_data(reader.get(), content.data(), content.size()),
              static_cast<la_ssize_t>(content.size()));
    parts.emplace_back(archive_entry_pathname(entry), content);
  }
  return parts;
}

ptree::ptree xml(const std::string& text) {
  std::istringstream stream(text);
  ptree::ptree tree;
  ptree::read_xml(stream, tree);
  return tree;
}

/// "Heading2|Anna  00:00:00" for each paragraph of the document.
std::vector<std::string> paragraphs_of(const std::string& docx) {
  std::vector<std::string> lines;
  for (const auto& [name, content] : parts_of_archive(docx)) {
    const ptree::ptree tree = xml(content);
    if (name != "word/document.xml") continue;
    for (const auto& [tag, node] : tree.get_child("w:document.w:body")) {
      if (tag != "w:p") continue;
      std::string line = node.get("w:pPr.w:pStyle.<xmlattr>.w:val", "") + "|";
      for (const auto& [run_tag, run] : node)
        if (run_tag == "w:r") line += run.get<std::string>("w:t");
      lines.push_back(line);
    }
  }
  return lines;
}

Segment spoken_by(std::int64_t start, std::int64_t end, std::string text, std::string speaker = {}) {
  Segment result;
  result.start = Millis(start);
  result.end = Millis(end);
  result.text = std::move(text);
  result.speaker = std::move(speaker);
  return result;
}

TEST(DocxTest, HasTheTextUnderItsSpeakers) {
  Transcript transcript;
  transcript.engine = "whisper";
  transcript.model = "base";
  transcript.language = "en";
  transcript.duration = Millis(3'725'000);
  transcript.warnings = {"The file is cut short."};
  transcript.speakers = {{"S1", "Anna & Bo"}, {"S2", ""}};
  transcript.segments = {spoken_by(0, 900, "Hello <there>", "S1"), spoken_by(1'000, 2'000, "& you?", "S1"),
                         spoken_by(9'000, 9'500, "Still me.", "S1"),
                         spoken_by(3'600'000, 3'601'000, "\x01Not\xff me\xEF\xBF\xBF", "S2")};
  EXPECT_THAT(
      paragraphs_of(write(Format::kDocx, transcript, {}, {.title = "A \"talk\""})),
      ElementsAre("Title|A \"talk\"", "Subtitle|01:02:05 · english · Recognised by whisper, model base",
                  "Subtitle|Note: The file is cut short.", "Heading2|Anna & Bo  00:00:00",
                  "|Hello <there> & you?", "|Still me.", "Heading2|Speaker 2  01:00:00",
                  "|Not\xEF\xBF\xBD me\xEF\xBF\xBD"));
}

TEST(DocxTest, HasTimesAndHeadingsWithoutSpeakers) {
  Transcript transcript;
  transcript.duration = Millis(1'900'000);
  transcript.segments = {spoken_by(0, 900, "One."), spoken_by(5'000, 6'000, "Two."),
                         spoken_by(1'805'000, 1'806'000, "Three."), spoken_by(1'810'000, 1'811'000, "Four.")};
  EXPECT_THAT(paragraphs_of(write(Format::kDocx, transcript, {})),
              ElementsAre("Title|Transcript", "Subtitle|00:31:40", "|00:00:00  One.", "|00:00:05  Two.",
                          "Heading2|00:30:05", "|00:30:05  Three.", "|00:30:10  Four."));
}

TEST(DocxTest, IsThePackageThatTheStandardDescribes) {
  const std::string docx = write(Format::kDocx, Transcript(), {}, {.title = "T"});
  EXPECT_EQ(docx, write(Format::kDocx, Transcript(), {}, {.title = "T"})) << "equal text is an equal file";
  std::vector<std::string> names;
  for (const auto& [name, content] : parts_of_archive(docx)) {
    names.push_back(name);
    EXPECT_FALSE(xml(content).empty()) << name;
  }
  EXPECT_THAT(names, ElementsAre("[Content_Types].xml", "_rels/.rels", "docProps/core.xml",
                                 "word/_rels/document.xml.rels", "word/styles.xml", "word/document.xml"));
}

}  // namespace
}  // namespace vat::subtitles
