# Sourced by deploy/try and deploy/test: finds out what is missing, says what it is for, installs it, and builds.

say() { printf '%s\n' "$*"; }
stop() { printf '%s\n' "$*" >&2; exit 1; }

# Stops unless a Swift 6.2 or newer toolchain answers.
need_swift() {
  command -v swift >/dev/null 2>&1 || stop "No Swift toolchain found. Get Swift 6.2 or newer from https://www.swift.org/install/linux and run this again."
  local version
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -n 1)
  set -- $version
  [ "${1:-0}" -gt 6 ] || { [ "${1:-0}" -eq 6 ] && [ "${2:-0}" -ge 2 ]; } ||
    stop "Fortnight needs Swift 6.2 or newer; this is ${version:-an unknown version}. Get one from https://www.swift.org/install/linux."
}

# need_packages 'PACKAGE:what it is for' …: installs those that dpkg does not know as installed.
need_packages() {
  local missing=() entry name
  for entry in "$@"; do
    name=${entry%%:*}
    if [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" != installed ]; then
      missing+=("$name")
      say "Missing: $name (${entry#*:})"
    fi
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null 2>&1 || stop "Install ${missing[*]} with your system's package manager and run this again."
  local sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || stop "As root, run: apt-get install ${missing[*]}"
    say "Installing needs sudo."
    sudo=(sudo)
  fi
  install() { "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; }
  install 2>/dev/null || { "${sudo[@]}" apt-get update -qq && install; } ||
    stop "Could not install ${missing[*]}. Run: apt-get update && apt-get install ${missing[*]}"
}

build_packages=(
  'libcurl4-openssl-dev:libcurl, which carries the mail'
  'libcmark-dev:libcmark, which reads Markdown'
  'libssl-dev:OpenSSL, for signatures, links and TLS'
  'libidn2-dev:libidn2, for domains beyond ASCII'
  'pkg-config:finds the libraries for the build'
)

# build [OPTION …]: swift build as the trial and the tests share it, so that neither builds again what the other has built.
# A target that imports what it does not declare fails.
build() {
  local log
  log=$(mktemp)
  if ! swift build --explicit-target-dependency-import-check error "$@" 2>&1 | tee "$log" | show_progress; then
    cat "$log" >&2
    rm -f "$log"
    stop "The build failed; its output is above."
  fi
  rm -f "$log"
}

# Reads what swift build prints, and shows how far it is: on a terminal in one line, elsewhere now and then.
show_progress() {
  local line progress shown=$SECONDS
  while IFS= read -r line; do
    case $line in
      Fetching\ * | Creating\ working\ copy\ *) progress='Fetching the libraries …' ;;
      \[[0-9]*/[0-9]*\]\ *) line=${line%%]*} && progress="Building … ${line:1}" && progress=${progress/\// of } ;;
      *) continue ;;
    esac
    if [ -t 1 ]; then
      printf '\r\033[K%s' "$progress"
    elif [ $((SECONDS - shown)) -ge 20 ]; then
      say "$progress"
      shown=$SECONDS
    fi
  done
  [ ! -t 1 ] || printf '\r\033[K'
}
