#!/usr/bin/env bash
# Prints the section of a version, such as v1.2.3, in CHANGELOG.md. Fails if there is none or if it is empty.
set -euo pipefail
cd "$(dirname "$0")/.."
[[ $1 =~ ^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || { echo "$1 is not a version such as v1.2.3" >&2; exit 1; }
notes=$(awk -v title="## [${1#v}]" '/^## / { on = index($0, title) == 1; next } on' CHANGELOG.md)
[[ $notes =~ [^[:space:]] ]] || { echo "CHANGELOG.md has no section for $1: rename Unreleased to [${1#v}], with the date" >&2; exit 1; }
printf '%s\n' "$notes"
