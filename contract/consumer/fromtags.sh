#!/usr/bin/env bash
# A release of this working tree works for a user. Its tags are pushed to a scratch repository, and the go command makes a proxy
# of them, as a public module proxy does. A new module, without a replace, gets the released modules from there. A program that
# imports them runs, and all their tests pass in the module cache, where nothing can be written and nothing lies around them.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
go=${GO:-go}
path=github.com/kustomer-go/kustomer
modules=$(cat "$root/tools/released")
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
# With trimpath, results do not depend on the directory, so the next run finds them in the build cache.
export GOWORK=off GOFLAGS='-mod=mod -trimpath' GONOSUMDB=$path
export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=check GIT_AUTHOR_EMAIL=check GIT_COMMITTER_NAME=check GIT_COMMITTER_EMAIL=check

# The first commit has the files that git tracks or would track.
git init -q "$dir/remote"
git -C "$root" --git-dir="$dir/remote/.git" --work-tree="$root" add -A
git -C "$dir/remote" commit -qm "working tree"
git clone -q "$dir/remote" "$dir/clone" && cd "$dir/clone"
printf '\n## [%s]\n\n- A check.\n' 0.0.2 0.0.1 >>CHANGELOG.md
bash tools/release.sh write v0.0.1
git commit -qam v0.0.1
bash tools/release.sh push v0.0.1 2>/dev/null

# A planted fault: v0.0.2 of the other modules requires v0.0.0 of the root module.
for m in $modules; do "$go" mod edit -require "$path@v0.0.0" "$m/go.mod"; done
git commit -qam v0.0.2 --allow-empty
if bash tools/release.sh push v0.0.2 >/dev/null 2>&1; then
	echo "tools/release.sh tags a commit whose modules require another version" >&2
	exit 1
fi
for m in $modules; do git push -q origin "HEAD:refs/tags/$m/v0.0.2"; done

fetch() {
	GOMODCACHE=$dir/fetched GOPRIVATE=$path GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=url.file://$dir/remote.insteadOf \
		GIT_CONFIG_VALUE_0=https://$path "$go" mod download "$1"
}
cd "$dir"
fetch "$path@v0.0.1"
for m in $modules; do fetch "$path/$m@v0.0.1"; fetch "$path/$m@v0.0.2"; done
# What the other modules need is in the cache of this machine already, or is downloaded.
proxy=file://$dir/fetched/cache/download
GOPROXY="$proxy,file://$("$go" env GOMODCACHE)/cache/download,$("$go" env GOPROXY)"
GOMODCACHE=$dir/cache
export GOPROXY GOMODCACHE

mkdir "$dir/module" && cd "$dir/module"
"$go" mod init example.com/user 2>/dev/null
for m in $modules; do
	"$go" get "$path/$m@v0.0.1"
	ls "$GOMODCACHE/$path/$m@v0.0.1/LICENSE" >/dev/null
done
cat >main.go <<EOF
package main

import (
	"log"

	"$path/client"
$(printf "\t_ \"$path/%s\"\n" $modules)
)

func main() {
	if _, err := client.New(client.WithOrg("acme"), client.WithAPIKey("key")); err != nil {
		log.Fatal(err)
	}
}
EOF
"$go" run .
"$go" test "$path/..."

# All modules but the root's v0.0.0 are in the cache now.
for m in $modules; do
	mkdir "$dir/fault-$m" && cd "$dir/fault-$m"
	"$go" mod init example.com/user 2>/dev/null
	if problem=$(GOPROXY=$proxy "$go" get "$path/$m@v0.0.2" 2>&1) || [[ $problem != *"$path@v0.0.0"* ]]; then
		echo "a module that requires v0.0.0 is not noticed: $problem" >&2
		exit 1
	fi
done
echo "a new module gets the released modules, and all their tests pass from the module cache"
