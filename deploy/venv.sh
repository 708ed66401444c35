# Sourced by ./run, ./test and ./check: makes .venv beside them and keeps it as the lock file says.
# Needs $here (the checkout). Plain POSIX sh; nothing but Python and its venv module is expected.

fail() {
  echo "feedwright: $*" >&2
  exit 1
}

is_fit() {
  "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' >/dev/null 2>&1
}

find_python() {
  seen=""
  for name in python3.14 python3.13 python3.12 python3.11 python3 python; do
    command -v "$name" >/dev/null 2>&1 || continue
    if is_fit "$name"; then
      python=$name
      return
    fi
    version=$("$name" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) && seen="$seen $version"
  done
  if [ -n "$seen" ]; then
    fail "needs Python 3.11, 3.12, 3.13 or 3.14, and found only:$seen. Install one of them, then start again."
  fi
  fail "needs Python 3.11, 3.12, 3.13 or 3.14, and found none. Install one of them, then start again."
}

make_venv() {
  if [ -x "$venv/bin/python" ] && is_fit "$venv/bin/python"; then
    return
  fi
  find_python
  "$python" -c 'import venv, ensurepip' >/dev/null 2>&1 ||
    fail "Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv"
  "$python" -c 'import sqlite3, sys; sys.exit(sqlite3.sqlite_version_info < (3, 39))' >/dev/null 2>&1 ||
    fail "$python has an SQLite older than 3.39. Install a newer Python or SQLite, then start again."
  rm -rf "$venv"
  "$python" -m venv "$venv" || fail "could not make $venv: see the lines above."
}

# Reads what pip says, and tells how many packages of $1 are done: on one line of a terminal, else once in ten.
# No awk: Debian's would read pip's lines some dozens at a time.
tell_progress() {
  before="" after="\n" done=0
  [ ! -t 2 ] || before="\r\033[K" after=""
  while read -r word rest; do
    case "$word $rest" in
    "Collecting "* | "Processing "* | "Requirement already satisfied"* | "Ignoring "*)
      done=$((done + 1))
      if [ -z "$after" ] || [ $((done % 10)) = 0 ]; then
        printf "${before}feedwright: %d of %d packages$after" "$done" "$1" >&2
      fi
      ;;
    "Building wheels"*) printf "${before}feedwright: building feedgen, which comes as source$after" >&2 ;;
    "Installing collected packages"*) printf "${before}feedwright: unpacking %d packages$after" "$1" >&2 ;;
    esac
  done
  [ -n "$after" ] || printf '\r\033[K' >&2
}

pip_install() { # COUNT OPTIONS: what pip says becomes progress, what it complains of is shown as it is
  status="$venv/pip-status" count=$1
  shift
  {
    code=0
    "$venv/bin/python" -m pip --disable-pip-version-check install --progress-bar off --no-deps --require-hashes "$@" || code=$?
    echo "$code" >"$status"
  } | tell_progress "$count"
  read -r code <"$status"
  rm -f "$status"
  [ "$code" = 0 ]
}

install() { # FILE: installs exactly what the lock file pins, unless that was done before
  stamp="$venv/$(basename "$1").stamp"
  if [ -f "$stamp" ] && cmp -s "$1" "$stamp"; then
    return
  fi
  total=$(awk '/^[A-Za-z0-9]/ { count++ } END { print count }' "$1")
  echo "feedwright: installing the $total packages that $(basename "$1") pins (once, takes about half a minute) …" >&2
  first="$venv/build-tools.txt"
  # setuptools and wheel come first: feedgen has no wheel and is built with exactly these.
  awk '/^(setuptools|wheel)==/ { on = 1 } on { print } !/\\$/ { on = 0 }' "$1" >"$first"
  pip_install 2 --only-binary :all: -r "$first" ||
    fail "could not install setuptools and wheel: see the lines above."
  pip_install "$total" --no-build-isolation --only-binary :all: --no-binary feedgen -r "$1" ||
    fail "could not install what $(basename "$1") pins: see the lines above; start again to retry."
  cp "$1" "$stamp"
}

venv="${FEEDWRIGHT_VENV:-$here/.venv}"
