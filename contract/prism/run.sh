#!/usr/bin/env bash
# Starts Prism with each of api/openapi.yaml and api/related.yaml, runs the tests of this directory against it, and stops it.
# Arguments go to go test.
set -euo pipefail
cd "$(dirname "$0")"

dir=$(mktemp -d)
pids=()
stop() {
  [ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
  wait
  rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT TERM

# Prism 5.16.0 reads a copy of the document. The copy has the same meaning, but differs in two places:
# - Prism adds null to each nullable enum, even if the enum has null already. Such a schema does not compile, and Prism then
#   accepts every body silently. OpenAPI 3.0.3 requires null in the enum, so only the copy omits it.
# - If a value does not match a pattern, Prism puts the pattern into a header, and crashes if a header cannot have its
#   characters. So the copy escapes those of the pattern of ids in the pattern, not in YAML.
sed -e 's/enum: \[amazon-connect, null\]/enum: [amazon-connect]/' \
  -e '/pattern: ".*\\u/s/\\u\([0-9a-f]\{4\}\)/\\\\u\1/g' ../../api/openapi.yaml >"$dir/openapi.yaml"
if [ "$(diff ../../api/openapi.yaml "$dir/openapi.yaml" | grep -c '^>')" != 2 ]; then
  echo "prism: api/openapi.yaml has changed in a place that run.sh rewrites for Prism: adapt the rewriting" >&2
  exit 1
fi
cp ../../api/related.yaml "$dir" # refers to the document beside it

# The same, with properties left out at random.
{
  cat "$dir/openapi.yaml"
  printf 'x-json-schema-faker:\n  alwaysFakeOptionals: false\n  optionalsProbability: 0.5\n  fixedProbabilities: false\n'
} >"$dir/sparse.yaml"

# serve NAME DOCUMENT [OPTION...] starts a server on a free port of this machine and sets NAME to its address.
serve() {
  local name=$1 document=$2 log=$dir/$1.log url=
  shift 2
  : >"$log"
  node ../node/node_modules/@stoplight/prism-cli/dist/index.js mock --host 127.0.0.1 --port 0 "$@" "$document" >"$log" 2>&1 &
  pids+=($!)
  for _ in $(seq 300); do
    url=$(sed -n 's/.*Prism is listening on \(http:[^ ]*\).*/\1/p' "$log")
    [ -z "$url" ] || break
    kill -0 "${pids[-1]}" 2>/dev/null || break
    sleep 0.1
  done
  if [ -z "$url" ]; then
    echo "prism: it did not start within 30 s:" >&2
    cat "$log" >&2
    exit 1
  fi
  export "$name=$url"
}
serve PRISM_STATIC "$dir/openapi.yaml"
serve PRISM_DYNAMIC "$dir/openapi.yaml" --dynamic
serve PRISM_SPARSE "$dir/sparse.yaml" --dynamic
serve PRISM_RELATED "$dir/related.yaml"

# With this variable, a test whose server has no address fails instead of being skipped.
export KUSTOMER_PRISM=1
"${GO:-go}" test -count=1 "$@" .
