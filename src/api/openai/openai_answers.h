// Responses for OpenAI's clients: errors, transcripts, events, models. Private to api.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/openai/openai_form.h"
#include "base/result.h"
#include "catalog/store.h"
#include "domain/transcript.h"
#include "http/message.h"

namespace vat::api {

/// An ErrorWriter (http/router.h): {"error": {"message", "type", "param", "code"}}.
[[nodiscard]] http::Response openai_error(const http::Request& request, const Error& error);

/// The transcript in the requested format.
[[nodiscard]] Result<http::Response> openai_transcript(const OpenAiRequest& asked,
                                                       const Transcript& transcript);

/// Data of the events of a stream.
[[nodiscard]] std::string delta_event(std::string_view text);
/// Of diarized_json, one for each segment, whose speakers are known once all have been heard.
[[nodiscard]] std::vector<std::string> segment_events(const OpenAiRequest& asked,
                                                      const Transcript& transcript);
[[nodiscard]] std::string done_event(const OpenAiRequest& asked, const Transcript& transcript);
[[nodiscard]] std::string error_event(const http::Request& request, const Error& error);

/// Turns segments' texts, as they arrive, into pieces that together are Transcript::text(). What another
/// attempt tells again is left out.
class TextDeltas {
 public:
  /// `data`: of an event "segment". Empty if it has no new text.
  [[nodiscard]] std::string next(const std::string& data);

 private:
  bool first_ = true;
  std::int64_t told_ = 0;  ///< Segments.
};

/// The list of GET /v1/models: the accepted OpenAI names, then the recognition models of the catalogue.
struct OpenAiModel {
  std::string id;
  std::string owner;
};
[[nodiscard]] std::vector<OpenAiModel> openai_models(const std::vector<catalog::ModelInfo>& models);
[[nodiscard]] std::string openai_model_json(const OpenAiModel& model);
[[nodiscard]] std::string openai_models_json(const std::vector<OpenAiModel>& models);

}  // namespace vat::api
