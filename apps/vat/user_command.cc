// vat user: the users of the service, and keys for them.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "base/ascii.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/random.h"
#include "base/uuid.h"
#include "command.h"
#include "queue/local_bus.h"
#include "serve_database.h"
#include "serve_settings.h"

namespace vat::app {
namespace {

constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kShownPrefix = 8;  // "vat_3fGk"
constexpr int kPage = 500;

Result<> print(const std::string& text) { return write_all(STDOUT_FILENO, text, "standard output"); }

std::string line_of(const User& user) {
  return fmt::format("{}  {:<6}  {:<8}  {}  {}\n", user.id, role_name(user.role),
                     user.disabled ? "disabled" : "", user.email.empty() ? "-" : user.email, user.name);
}

class UserCommand : public Command {
 public:
  explicit UserCommand(CLI::App& app)
      : Command(app, "user", "The service's users: add, list, disable, admin, token") {
    command().require_subcommand(1);
    add_ = add_verb("add", "Add a user, who signs in with this address or uses keys from `vat user token`");
    list_ = add_verb("list", "List the users: id, role, state, address, name");
    disable_ = add_verb("disable", "Let a user in no more; their sessions end");
    admin_ = add_verb("admin", "Make a user an admin");
    token_ = add_verb("token", "Make an API key for a user and print it, once");
    add_->add_option("email", who_, "The user's e-mail address")->required()->configurable(false);
    for (CLI::App* const verb : {disable_, admin_, token_})
      verb->add_option("user", who_, "The user's e-mail address or id")->required()->configurable(false);
    add_->add_option("--name", name_, "How to call them; the address by default")->configurable(false);
    add_->add_flag("--admin", is_admin_, "Make them an admin")->configurable(false);
    disable_->add_flag("--undo", undo_, "Let them in again")->configurable(false);
    admin_->add_flag("--undo", undo_, "Make them an ordinary user")->configurable(false);
    token_->add_option("--name", name_, "What the key is for")->configurable(false);
    token_->add_option("--scopes", scopes_, "What it may do: read, write, admin; separated by spaces")
        ->capture_default_str()
        ->configurable(false);
    token_->add_option("--days", days_, "Days until it expires; 0: never")
        ->check(CLI::Range(0, 100'000))
        ->capture_default_str()
        ->configurable(false);
  }

  [[nodiscard]] Result<int> run(std::stop_token /*stop*/) override {
    VAT_TRY(make_data_folder(settings_));
    VAT_ASSIGN(const auto database, db::Database::open(database_options(settings_), *bus_));
    VAT_TRY(database->migrate());
    UserStore& users = database->users();
    audit_ = &database->audit();
    if (list_->parsed()) {
      VAT_TRY(list(users));
    } else if (add_->parsed()) {
      VAT_TRY(add(users));
    } else {
      VAT_TRY(change(users));
    }
    return 0;
  }

 private:
  CLI::App* add_verb(const std::string& name, const std::string& meaning) {
    CLI::App* const made = command().add_subcommand(name, meaning);
    add_data_flags(*made, settings_);
    return made;
  }

  /// In the audit log.
  [[nodiscard]] Result<> note(std::string_view action, const std::string& subject, std::string_view detail) {
    AuditEntry entry;
    entry.actor_id = "operator";
    entry.action = action;
    entry.subject = subject;
    entry.detail = detail;
    return audit_->add(entry);
  }

  [[nodiscard]] Result<> list(UserStore& users) {
    std::string text, after;
    for (;;) {
      VAT_ASSIGN(const std::vector<User> page, users.list(after, kPage));
      for (const User& user : page) text += line_of(user);
      if (page.size() < static_cast<std::size_t>(kPage)) return print(text);
      after = page.back().id;
    }
  }

  [[nodiscard]] Result<> add(UserStore& users) {
    const std::size_t at = who_.find('@');
    if (at == 0 || at == std::string::npos || at + 1 == who_.size() ||
        who_.find_first_of(" \t\r\n<>") != std::string::npos)
      return fail(ErrorCode::kInvalidArgument, "\"" + who_ + "\" is not a valid e-mail address.");
    User user{.email = who_, .name = name_.empty() ? who_ : name_};
    user.role = is_admin_ ? UserRole::kAdmin : UserRole::kMember;
    VAT_ASSIGN(const User made, users.add(user));
    VAT_TRY(note("user.added", made.id, role_name(made.role)));
    return print(line_of(made));
  }

  [[nodiscard]] static Result<User> find(UserStore& users, const std::string& who) {
    if (is_uuid(who)) return users.get(who);
    VAT_ASSIGN(const std::optional<User> found, users.find_by_email(who));
    if (!found)
      return fail(ErrorCode::kNotFound, "There is no user \"" + who + "\"; `vat user list` shows all.");
    return *found;
  }

  [[nodiscard]] Result<> change(UserStore& users) {
    VAT_ASSIGN(const User user, find(users, who_));
    if (token_->parsed()) return make_key(users, user);
    if (disable_->parsed()) {
      VAT_TRY(users.set_disabled(user.id, !undo_));
      VAT_TRY(note(undo_ ? "user.enabled" : "user.disabled", user.id, ""));
    } else {
      const UserRole role = undo_ ? UserRole::kMember : UserRole::kAdmin;
      VAT_TRY(users.set_role(user.id, role));
      VAT_TRY(note("user.role_changed", user.id, role_name(role)));
    }
    VAT_ASSIGN(const User changed, users.get(user.id));
    return print(line_of(changed));
  }

  [[nodiscard]] Result<> make_key(UserStore& users, const User& user) {
    const auto scopes = parse_scopes(scopes_);
    if (!scopes)
      return fail(ErrorCode::kInvalidArgument,
                  "The scopes must be some of read, write and admin, not \"" + scopes_ + "\".");
    const std::string secret = "vat_" + random_token(kSecretBytes);
    ApiKey key{.id = make_uuid(), .user_id = user.id, .name = name_.empty() ? "vat user token" : name_};
    key.prefix = secret.substr(0, kShownPrefix);
    key.scopes = *scopes;
    if (days_ > 0) key.expires_at = utc_now() + std::chrono::hours(24) * days_;
    VAT_ASSIGN(const ApiKey made, users.create_key(key, hash_hex(Digest::kSha256, secret)));
    VAT_TRY(note("key.created", made.id, made.prefix + " of " + user.id));
    return print(secret + "\n");
  }

  CLI::App* add_ = nullptr;
  CLI::App* list_ = nullptr;
  CLI::App* disable_ = nullptr;
  CLI::App* admin_ = nullptr;
  CLI::App* token_ = nullptr;
  std::unique_ptr<EventBus> bus_ = queue::make_local_bus();  // nobody listens
  ServeSettings settings_;
  AuditLog* audit_ = nullptr;
  std::string who_;
  std::string name_;
  std::string scopes_ = "read write";
  int days_ = 0;
  bool is_admin_ = false;
  bool undo_ = false;
};

}  // namespace

std::unique_ptr<Command> make_user_command(CLI::App& app) { return std::make_unique<UserCommand>(app); }

}  // namespace vat::app
