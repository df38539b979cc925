// The options of a job as the API takes and shows them, and as the database keeps them: one JSON object, or
// fields of a form. The names are those of the command line's flags with underscores. Used by api and worker.
// Every function may be called from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pipeline/options.h"

namespace vat::pipeline {

/// Reads the members of a JSON object over `defaults` and validates the whole. kInvalidArgument with
/// Error::field for an unknown member, a wrong type, a value that makes no sense. Without a member "speech"
/// or "dub", no audio and no video is made but what `defaults` ask for.
[[nodiscard]] Result<JobOptions> job_options_from_json(std::string_view json, const JobOptions& defaults);

/// Sets one option by a form field's text: "true", "5", "srt,vtt". False when no option has that name.
[[nodiscard]] Result<bool> set_option(JobOptions& options, std::string_view name, std::string_view text);

/// Every option with its value, so that what the database keeps does not change with the program's defaults.
[[nodiscard]] std::string to_json(const JobOptions& options);

/// The names, in the order of the documents.
[[nodiscard]] std::vector<std::string_view> option_names();

}  // namespace vat::pipeline
