#!/usr/bin/env bash
# Downloads the C sources of cmake/third_party.txt through pip, checks their checksums and unpacks
# what is compiled into the folder given as the first argument (default: build/third_party).
# A second run does nothing. ./dev calls this, and so does CMake when the sources are missing.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=${1:-$root/build/third_party}
pins=$root/cmake/third_party.txt

# The stamp holds what the sources were made from: the pins and this script.
made_from() { cat "$pins" "${BASH_SOURCE[0]}"; }

if [[ -f $target/stamp ]] && made_from | cmp -s - "$target/stamp"; then
  exit 0
fi

# Inside `pip install .` the variables of pip's isolated build would hide the pip that is needed here.
unset PYTHONPATH PYTHONNOUSERSITE PYTHONHOME PIP_NO_INPUT PIP_REQ_TRACKER PIP_BUILD_TRACKER

find_pip() {
  local python
  for python in python3 /usr/bin/python3 python; do
    if "$python" -m pip --version >/dev/null 2>&1; then
      echo "$python -m pip"
      return
    fi
  done
  if command -v pip3 >/dev/null; then
    echo pip3
    return
  fi
  echo "fetch_third_party.sh: no pip was found to download the sources with; ./dev setup installs one" >&2
  exit 1
}

pip=$(find_pip)
mkdir -p "$target"
work=$(mktemp -d "$target/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT

# pip compares the checksums before anything in an archive is looked at.
$pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
  --dest "$work" --requirement "$pins"

unpack() {  # unpack ARCHIVE_GLOB: prints the folder that the archive holds.
  local into
  into=$(mktemp -d "$work/unpacked.XXXXXX")
  tar --no-same-owner -xzf $1 -C "$into"
  echo "$into"/*
}

replace() {  # replace SOURCE NAME: puts the folder SOURCE in place as NAME.
  rm -rf "${target:?}/$2"
  mv "$1" "$target/$2"
}

pglast=$(unpack "$work/pglast-*.tar.gz")
runtime=$(unpack "$work/tree-sitter-0*.tar.gz")
grammar=$(unpack "$work/tree_sitter_python-*.tar.gz")

# The grammar's archive leaves out the headers that its sources include; the runtime has them.
mkdir -p "$grammar/src/tree_sitter"
cp "$runtime"/tree_sitter/core/lib/src/{alloc,array,parser,ts_assert}.h "$grammar/src/tree_sitter/"

replace "$pglast/libpg_query" pg_query
replace "$runtime/tree_sitter/core/lib" tree_sitter
replace "$grammar" tree_sitter_python
made_from > "$target/stamp"
