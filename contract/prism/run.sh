#!/usr/bin/env bash
# Starts Prism with api/openapi.yaml, runs the tests of this directory against it, and ends it. Arguments go to go test.
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

# Prism 5.16.0 reads a copy of the document, which means the same, but is written differently in two places:
# - It adds null to an enum that is nullable, also where null is there already. Such a schema does not compile, and Prism
#   then takes every body without a word. OpenAPI 3.0.3 wants null in the enum, so the document keeps it.
# - It puts the pattern that a value does not match into a header, and dies of characters that a header cannot hold. So
#   those of the pattern of ids are escaped in the pattern, not in YAML.
sed -e 's/enum: \[amazon-connect, null\]/enum: [amazon-connect]/' \
  -e '/pattern: ".*\\u/s/\\u\([0-9a-f]\{4\}\)/\\\\u\1/g' ../../api/openapi.yaml >"$dir/openapi.yaml"
if [ "$(diff ../../api/openapi.yaml "$dir/openapi.yaml" | grep -c '^>')" != 2 ]; then
  echo "prism: api/openapi.yaml has changed where run.sh helps Prism to read it" >&2
  exit 1
fi
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

# A server without an address must not be skipped.
export KUSTOMER_PRISM=1
"${GO:-go}" test -count=1 "$@" .
