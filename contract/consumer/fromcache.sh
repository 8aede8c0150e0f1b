#!/usr/bin/env bash
# All tests pass where a user runs them: in a module that requires this one, from the module cache. The cache is read-only and
# has no other file of the repository.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
go=${GO:-go}
dir=$(mktemp -d)
export GOWORK=off GOFLAGS=-mod=mod GONOSUMDB=github.com/kustomer-go/kustomer
trap '"$go" clean -modcache; rm -rf "$dir"' EXIT
(cd "$root/tools" && "$go" run ./modzip "$root" v0.0.0 "$dir/proxy")
# Other modules come from the cache of this machine, or are downloaded.
GOPROXY="file://$dir/proxy,file://$("$go" env GOMODCACHE)/cache/download,$("$go" env GOPROXY)"
GOMODCACHE=$dir/cache
export GOPROXY GOMODCACHE

mkdir "$dir/module" && cd "$dir/module"
"$go" mod init example.com/user 2>/dev/null
"$go" get github.com/kustomer-go/kustomer/...@v0.0.0
"$go" test github.com/kustomer-go/kustomer/...
echo "all tests pass from the module cache"
