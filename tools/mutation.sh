#!/usr/bin/env bash
# Changes the operators of a package one by one and runs its tests each time. Fails if the tests detect less than LEAST
# percent of the changes.
#
#   tools/mutation.sh PACKAGE LEAST
set -euo pipefail
cd "$(dirname "$0")/.."
gremlins=$PWD/.bin/gremlins
(cd tools && "${GO:-go}" build -o "$gremlins" github.com/go-gremlins/gremlins/cmd/gremlins)
work=$(mktemp -d)
trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/module"

# Gremlins copies its whole directory for each worker, so the directory has only the files of the repository.
git ls-files -z --cached --others --exclude-standard | tar -c --null --ignore-failed-read -T - 2>/dev/null | tar -x -C "$work/module"

# To Gremlins, exit code 2 means that a mutant does not compile, but go test exits with 1. This wrapper exits with 2, so that
# such a mutant does not count as detected.
cat >"$work/bin/go" <<SCRIPT
#!/usr/bin/env bash
code=0
out=\$($(command -v "${GO:-go}") "\$@" 2>&1) || code=\$?
printf '%s\n' "\$out"
[[ \$out == *'[build failed]'* ]] && exit 2
exit \$code
SCRIPT
chmod +x "$work/bin/go"

# Gremlins 0.6.0 ignores its flag for the threshold.
printf 'unleash:\n  threshold:\n    efficacy: %s\n' "$2" >"$work/gremlins.yaml"

cd "$work/module"
PATH="$work/bin:$PATH" GOFLAGS=-vet=off "$gremlins" unleash --config "$work/gremlins.yaml" --timeout-coefficient 6 \
  --invert-logical --invert-assignments --remove-self-assignments "${@:3}" "./$1"
