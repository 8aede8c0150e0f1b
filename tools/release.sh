#!/usr/bin/env bash
# Releases the root module and the modules in tools/released under one version, such as v1.2.3:
#
#	tools/release.sh write v1.2.3  # writes the version of the root module into the go.mod of the others
#	tools/release.sh check v1.2.3  # fails if that has to be done, or anything else is not committed
#	tools/release.sh push v1.2.3   # checks, and pushes a tag of HEAD for each module: all or none
set -euo pipefail
cd "$(dirname "$0")/.."
[[ $# -eq 2 && $1 =~ ^(write|check|push)$ ]] || { echo "usage: tools/release.sh write|check|push v1.2.3" >&2; exit 2; }
step=$1 version=$2
bash tools/notes.sh "$version" >/dev/null
tags=("HEAD:refs/tags/$version")
for module in $(cat tools/released); do
	"${GO:-go}" mod edit -require "github.com/kustomer-go/kustomer@$version" "$module/go.mod"
	tags+=("HEAD:refs/tags/$module/$version")
done
[ "$step" != write ] || exit 0
if ! git diff --exit-code HEAD; then
	echo "HEAD is not ready for $version: it needs the change above (tools/release.sh write $version)" >&2
	exit 1
fi
[ "$step" != push ] || git push --atomic origin "${tags[@]}"
