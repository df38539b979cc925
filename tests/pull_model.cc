// Downloads one model in a process of its own, for tests in which several do or one is killed. Writes the
// number of bytes received so far to standard output, one line each time.
// pull_model DIRECTORY URL NAME BYTES SHA1: from a server.
// pull_model DIRECTORY SCRIPT: the model "m" from packages that do not exist, by a script in the place of
// pip.
#include <array>
#include <cstdio>
#include <string>

#include "catalog/store.h"
#include "net/curl_http_client.h"

int main(int argc, char** argv) {
  if (argc != 6 && argc != 3) return 2;
  const bool packaged = argc == 3;
  vat::catalog::PublishedModel model{"m", vat::catalog::ModelKind::kRecognition, 1, "", ""};
  if (!packaged) model = {argv[3], model.kind, std::stoull(argv[4]), argv[5], argv[2]};
  const std::array models = {model};
  const std::array<vat::catalog::Wheel, 1> wheels = {{{"p", "1", "p.whl", "", 1'000'000, {}}}};
  const std::array packages = {vat::catalog::PackagedModel{"m", wheels, {}}};
  vat::net::CurlHttpClient client;
  vat::catalog::StoreOptions options;
  options.directory = argv[1];
  options.models = models;
  options.packages = packages;
  if (packaged) {
    options.sources = {vat::catalog::SourceKind::kPackages};
    options.pip = {"sh", argv[2]};
  }
  const vat::catalog::ModelStore store(client, options);
  const auto pulled = store.pull(model.name,
                                 [](const vat::catalog::PullProgress& now) {
                                   std::printf("%llu\n", static_cast<unsigned long long>(now.done));
                                   std::fflush(stdout);
                                 },
                                 {});
  if (!pulled) std::fprintf(stderr, "%s\n", pulled.error().message.c_str());
  return pulled ? 0 : 1;
}
