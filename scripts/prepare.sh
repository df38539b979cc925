# Sourced by ./run and ./test: installs what is missing, fetches the pinned sources, builds a preset.
# Everything it prints goes to stderr, because stdout belongs to the program's results.
# Nothing is written outside the clone but Debian's packages: the compiler cache and npm's cache stay in build/.

export CCACHE_DIR="${CCACHE_DIR:-$root/build/ccache}"
export CCACHE_MAXSIZE="${CCACHE_MAXSIZE:-2G}"
export CCACHE_SLOPPINESS="${CCACHE_SLOPPINESS:-pch_defines,time_macros}"  # what ccache wants before it keeps what a precompiled header went into

say() { printf '\033[2m%s\033[0m\n' "$*" >&2; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# install_packages SECTION...: Debian packages of the named sections that are not installed yet.
install_packages() {
  command -v dpkg-query >/dev/null || return 0 # not Debian: CMake names what it misses
  local wanted missing section
  wanted=$(for section in "$@"; do
    awk -v s="[$section]" '/^\[/ {on = ($0 == s); next} /^#/ || !NF {next} on {print}' "$root/scripts/debian-packages.txt"
  done)
  command -v npm >/dev/null || wanted+=$'\nnodejs\nnpm'
  missing=$(comm -23 <(sort -u <<<"$wanted") \
    <(dpkg-query -W -f '${Package} ${db:Status-Status}\n' 2>/dev/null | awk '$2 == "installed" {print $1}' | sort -u))
  [ -n "$missing" ] || return 0
  say "Installing from Debian:" $missing
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "These Debian packages are missing, and neither root nor sudo is at hand:" $missing
    as_root=(sudo)
  fi
  # shellcheck disable=SC2086
  { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } \
    >"$root/build/apt.log" 2>&1 </dev/null ||
    die "Debian's packages could not be installed; the last words of build/apt.log: $(tail -n 2 "$root/build/apt.log")"
}

# The npm packages of package-lock.json, as they are pinned there.
install_sources() {
  local stamp="$root/node_modules/.installed" lock
  lock=$(sha256sum <"$root/package-lock.json")
  [ "$(cat "$stamp" 2>/dev/null)" != "$lock" ] || return 0
  say "Fetching the pinned source packages (npm ci)"
  (cd "$root" && npm_config_cache="$root/build/npm-cache" \
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >"$root/build/npm.log" 2>&1 </dev/null ||
    die "The npm registry did not give the source packages; the last words of build/npm.log: $(tail -n 2 "$root/build/npm.log")"
  printf '%s\n' "$lock" >"$stamp"
}

# build PRESET [TARGET...]: configures when that was never done, builds what is stale. Quiet unless there is work.
build() {
  local preset=$1 log="$root/build/$1.log"
  shift
  if [ ! -f "$root/build/$preset/build.ninja" ]; then
    say "Configuring build/$preset (whisper.cpp is built first, once)"
    (cd "$root" && cmake --preset "$preset") >"$log" 2>&1 ||
      die "Configuring failed; see build/$preset.log: $(grep -m1 -A3 'CMake Error' "$log" | tr '\n' ' ')"
  fi
  cd "$root/build/$preset"
  if [[ $(ninja -n "$@" 2>&1) != *"no work to do"* ]]; then
    if [ -t 2 ]; then
      ninja "$@" 1>&2 || die "The build of build/$preset failed."  # its one-line status rewrites itself
    else
      say "Building build/$preset"
      ninja "$@" >"$log" 2>&1 || {
        tail -n 40 "$log" >&2
        die "The build failed; see build/$preset.log"
      }
    fi
  fi
  cd - >/dev/null
}
