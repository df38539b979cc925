// DOCX: Office Open XML, ECMA-376 (WordprocessingML, transitional), as a ZIP archive.
#include <string>
#include <string_view>

#include "archive/zip_stream.h"
#include "base/text.h"
#include "base/utc_time.h"
#include "subtitles/formats.h"
#include "subtitles/line_text.h"
#include "subtitles/writers.h"

namespace vat::subtitles {
namespace {

#define VAT_XML_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"

constexpr std::string_view kContentTypes = VAT_XML_HEAD
    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
    "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
    "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
    "<Override PartName=\"/word/document.xml\" "
    "ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>"
    "<Override PartName=\"/word/styles.xml\" "
    "ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml\"/>"
    "<Override PartName=\"/docProps/core.xml\" "
    "ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>"
    "</Types>";

constexpr std::string_view kPackageRelations = VAT_XML_HEAD
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
    "<Relationship Id=\"rId1\" "
    "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" "
    "Target=\"word/document.xml\"/>"
    "<Relationship Id=\"rId2\" "
    "Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" "
    "Target=\"docProps/core.xml\"/>"
    "</Relationships>";

constexpr std::string_view kDocumentRelations = VAT_XML_HEAD
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
    "<Relationship Id=\"rId1\" "
    "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" "
    "Target=\"styles.xml\"/>"
    "</Relationships>";

// The identifiers and names of Title, Heading 2 and Subtitle are those that Word gives its own. Sizes are in
// half points, distances in twentieths of a point.
constexpr std::string_view kStyles = VAT_XML_HEAD
    "<w:styles xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">"
    "<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=\"Calibri\" w:hAnsi=\"Calibri\" "
    "w:cs=\"Calibri\"/><w:sz w:val=\"22\"/><w:szCs w:val=\"22\"/></w:rPr></w:rPrDefault>"
    "<w:pPrDefault><w:pPr><w:spacing w:after=\"120\" w:line=\"276\" w:lineRule=\"auto\"/></w:pPr>"
    "</w:pPrDefault></w:docDefaults>"
    "<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/>"
    "<w:qFormat/></w:style>"
    "<w:style w:type=\"character\" w:default=\"1\" w:styleId=\"DefaultParagraphFont\">"
    "<w:name w:val=\"Default Paragraph Font\"/></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"Title\"><w:name w:val=\"Title\"/><w:basedOn "
    "w:val=\"Normal\"/><w:next w:val=\"Normal\"/><w:qFormat/><w:pPr><w:spacing w:after=\"60\"/></w:pPr>"
    "<w:rPr><w:sz w:val=\"44\"/><w:szCs w:val=\"44\"/></w:rPr></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"Subtitle\"><w:name w:val=\"Subtitle\"/><w:basedOn "
    "w:val=\"Normal\"/><w:next w:val=\"Normal\"/><w:qFormat/><w:rPr><w:color w:val=\"595959\"/></w:rPr>"
    "</w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"Heading2\"><w:name w:val=\"heading 2\"/><w:basedOn "
    "w:val=\"Normal\"/><w:next w:val=\"Normal\"/><w:qFormat/><w:pPr><w:keepNext/><w:spacing "
    "w:before=\"240\" w:after=\"40\"/><w:outlineLvl w:val=\"1\"/></w:pPr><w:rPr><w:b/><w:bCs/>"
    "<w:sz w:val=\"24\"/><w:szCs w:val=\"24\"/></w:rPr></w:style>"
    "<w:style w:type=\"character\" w:customStyle=\"1\" w:styleId=\"Time\"><w:name w:val=\"Time\"/>"
    "<w:rPr><w:b w:val=\"0\"/><w:bCs w:val=\"0\"/><w:color w:val=\"595959\"/><w:sz w:val=\"18\"/>"
    "<w:szCs w:val=\"18\"/></w:rPr></w:style>"
    "</w:styles>";

#undef VAT_XML_HEAD

/// A heading at least this often, where no speaker changes.
constexpr Millis kHeadingEvery = std::chrono::minutes(10);

/// XML has no U+FFFE and U+FFFF; one_line() has replaced what else it lacks.
std::string xml_text(std::string_view text) {
  std::string out = escape_markup(text);
  for (const std::string_view lacking : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"})
    for (std::size_t at = 0; (at = out.find(lacking, at)) != std::string::npos;)
      out.replace(at, lacking.size(), "\xEF\xBF\xBD");
  return out;
}

std::string run(std::string_view text, std::string_view style = {}) {
  std::string out = "<w:r>";
  if (!style.empty()) out += "<w:rPr><w:rStyle w:val=\"" + std::string(style) + "\"/></w:rPr>";
  return out + "<w:t xml:space=\"preserve\">" + xml_text(text) + "</w:t></w:r>";
}

std::string paragraph(std::string_view style, std::string_view runs) {
  std::string out = "<w:p>";
  if (!style.empty()) out += "<w:pPr><w:pStyle w:val=\"" + std::string(style) + "\"/></w:pPr>";
  return out.append(runs) + "</w:p>";
}

std::string title_of(const WriteOptions& options) {
  const std::string title = one_line(options.title);
  return title.empty() ? "Transcript" : title;
}

/// What is known of the recording.
std::string front_matter(const Transcript& transcript, const WriteOptions& options) {
  std::string facts = clock_time(transcript.duration);
  if (!transcript.language.empty()) facts += " · " + one_line(language_name(transcript.language));
  if (!transcript.engine.empty())
    facts += " · Recognised by " + one_line(transcript.engine) +
             (transcript.model.empty() ? "" : ", model " + one_line(transcript.model));
  std::string out = paragraph("Title", run(title_of(options))) + paragraph("Subtitle", run(facts));
  for (const std::string& warning : transcript.warnings)
    out += paragraph("Subtitle", run("Note: " + one_line(warning)));
  return out;
}

/// With speakers, a heading for each turn; without, one for every ten minutes, and the time of each
/// paragraph.
std::string text_body(const Transcript& transcript, const WriteOptions& options) {
  std::string out;
  std::string_view speaker;
  bool any = false;
  Millis next_heading = kHeadingEvery;
  const std::vector<Paragraph> all = paragraphs(transcript, options.paragraph_pause);
  for (const Paragraph& each : all) {
    const std::string time = clock_time(each.start);
    if (!transcript.speakers.empty()) {
      if (!any || each.speaker != speaker) {
        const std::string name = each.speaker.empty() ? "" : run(each.speaker + "  ");
        const std::string when = options.times ? run(time, "Time") : "";
        if (!name.empty() || !when.empty()) out += paragraph("Heading2", name + when);
      }
      out += paragraph("", run(each.text));
    } else {
      if (options.times && each.start >= next_heading) {
        out += paragraph("Heading2", run(time));
        next_heading = each.start - each.start % kHeadingEvery + kHeadingEvery;
      }
      out += paragraph("", (options.times ? run(time + "  ", "Time") : "") + run(each.text));
    }
    speaker = each.speaker;
    any = true;
  }
  return out;
}

std::string document(const Transcript& transcript, const WriteOptions& options) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
         "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>" +
         front_matter(transcript, options) + text_body(transcript, options) +
         "<w:sectPr><w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"1440\" w:right=\"1440\" "
         "w:bottom=\"1440\" w:left=\"1440\" w:header=\"708\" w:footer=\"708\" w:gutter=\"0\"/></w:sectPr>"
         "</w:body></w:document>";
}

std::string properties(const WriteOptions& options) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
         "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/"
         "core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>" +
         xml_text(title_of(options)) + "</dc:title></cp:coreProperties>";
}

}  // namespace

std::string write_docx(const Transcript& transcript, const WriteOptions& options) {
  // The same transcript is the same file, so it has no time of writing: ZIP begins in 1980.
  const UtcTime time = from_unix_millis(315'619'200'000);
  archive::ZipStream zip;
  const std::string text = document(transcript, options);
  const std::string about = properties(options);
  const auto add = [&](std::string_view name, std::string_view bytes) {
    return zip.add(name, bytes, time).has_value();
  };
  // Writing to memory fails only without memory.
  const bool made =
      add("[Content_Types].xml", kContentTypes) && add("_rels/.rels", kPackageRelations) &&
      add("docProps/core.xml", about) && add("word/_rels/document.xml.rels", kDocumentRelations) &&
      add("word/styles.xml", kStyles) && add("word/document.xml", text) && zip.finish().has_value();
  return made ? zip.take() : std::string();
}

}  // namespace vat::subtitles
