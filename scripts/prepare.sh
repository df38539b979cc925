# Sourced by ./run and ./test: installs what is missing, fetches the pinned sources, builds a preset.
# All its output goes to stderr, because stdout is for the program's results.
# The caches of the compiler, npm and whisper.cpp are in the user's cache folders, shared by all clones.

# Paths below the clone are hashed relative to it, so that other clones can use what this one compiled.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1

say() { printf '\033[2m%s\033[0m\n' "$*" >&2; }
die() { printf '%s\n' "$*" >&2; exit 1; }
have() { command -v "$@" >/dev/null; }

# missing_packages SECTION...: Debian packages of the named sections that are not installed yet.
missing_packages() {
  have dpkg-query || return 0 # not Debian: CMake names what it misses
  local section
  comm -23 \
    <({ for section in "$@"; do
          awk -v s="[$section]" '/^\[/ {on = ($0 == s); next} /^#/ || !NF {next} on {print}' "$root/scripts/debian-packages.txt"
        done
        have npm || printf 'nodejs\nnpm\n'; } | sort -u) \
    <(dpkg-query -W -f '${Package} ${db:Status-Status}\n' 2>/dev/null | awk '$2 == "installed" {print $1}' | sort -u)
}

# install_packages PACKAGE...
install_packages() {
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    have sudo || die "These Debian packages are missing, and neither root nor sudo is available:" "$@"
    as_root=(sudo)
  fi
  { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } \
    >"$root/build/apt.log" 2>&1 </dev/null ||
    die "Debian's packages could not be installed; the last lines of build/apt.log: $(tail -n 2 "$root/build/apt.log")"
}

# install_sources all|product: installs the npm packages pinned in package-lock.json; `product` leaves out those of the
# tests.
install_sources() {
  local stamp="$root/node_modules/.installed" lock installed omit=()
  lock=$(sha256sum <"$root/package-lock.json")
  installed=$(cat "$stamp" 2>/dev/null || true)
  [ "$installed" != "$lock all" ] && [ "$installed" != "$lock $1" ] || return 0
  [ "$1" = all ] || omit=(--omit=dev)
  say "Fetching the pinned source packages (npm ci)"
  (cd "$root" && npm ci "${omit[@]}" --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error) \
    >"$root/build/npm.log" 2>&1 </dev/null ||
    die "npm could not fetch the source packages; the last lines of build/npm.log: $(tail -n 2 "$root/build/npm.log")"
  printf '%s\n' "$lock $1" >"$stamp"
}

# prepare all|product SECTION...: installs everything that a build needs. While Debian's packages are being installed, the
# sources are fetched, and whisper.cpp is compiled if its tools are already there.
prepare() {
  local sources=$1 missing installer
  shift
  missing=$(missing_packages "$@")
  if [ -n "$missing" ]; then
    say "Installing $(wc -w <<<"$missing") Debian packages:" $missing
    # shellcheck disable=SC2086
    install_packages $missing &
    installer=$!
    if have npm && have cmake && have ninja && have patch && have c++; then
      install_sources "$sources"
      say "Compiling whisper.cpp meanwhile"
      # CMake tries again what fails here, and reports it, when it configures.
      cmake -P "$root/cmake/BuildWhisper.cmake" >"$root/build/whisper.log" 2>&1 || true
    fi
    wait "$installer" || exit 1
  fi
  install_sources "$sources"
}

# show_progress: reads ninja's status lines ("PERCENT MESSAGE") and prints every tenth of the way.
show_progress() {
  local percent rest shown=0 begin=$SECONDS
  while read -r percent rest; do
    [[ $percent =~ ^([0-9]+)%$ ]] || continue
    if ((BASH_REMATCH[1] / 10 > shown / 10)); then
      shown=${BASH_REMATCH[1]}
      say "  $percent after $((SECONDS - begin)) s"
    fi
  done
}

# configure PRESET: unless it was done.
configure() {
  local log="$root/build/$1.log"
  [ ! -f "$root/build/$1/build.ninja" ] || return 0
  say "Configuring build/$1 (whisper.cpp is compiled first, once on this machine)"
  (cd "$root" && cmake --preset "$1") >"$log" 2>&1 ||
    die "Configuring failed; see build/$1.log: $(grep -m1 -A3 'CMake Error' "$log" | tr '\n' ' ')"
}

# build PRESET [TARGET...]: configures if necessary and builds what is out of date. Quiet if there is nothing to do.
# compiling counts the seconds of all of them.
compiling=0
build() {
  local preset=$1 log="$root/build/$1.log" begin=$SECONDS
  shift
  configure "$preset"
  cd "$root/build/$preset"
  if [[ $(ninja -n "$@" 2>&1) != *"no work to do"* ]]; then
    say "Building build/$preset"
    if [ -t 2 ]; then
      NINJA_STATUS='[%f/%t, %es] ' ninja "$@" 1>&2 || die "The build of build/$preset failed."  # its one-line status rewrites itself
    else
      NINJA_STATUS='%p ' ninja "$@" 2>&1 | tee "$log" | show_progress || {
        tail -n 40 "$log" >&2
        die "The build failed; see build/$preset.log"
      }
    fi
  fi
  cd - >/dev/null
  compiling=$((compiling + SECONDS - begin))
}
