#!/usr/bin/env bash
# A new module gets typed attributes with the commands of docs/custom-attributes.md. It uses this repository in place of a
# release.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
go=${GO:-go}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOWORK=off GOFLAGS=-mod=readonly

cp "$root/examples/attributes/metadata.json" .
"$go" mod init example.com/user 2>/dev/null
# The two commands. The first one would be "go get -tool github.com/kustomer-go/kustomer/cmd/attributes@latest", but there may be
# no release.
"$go" mod edit -require github.com/kustomer-go/kustomer@v0.0.0 -replace "github.com/kustomer-go/kustomer=$root" \
	-tool github.com/kustomer-go/kustomer/cmd/attributes
"$go" mod tidy
"$go" tool attributes -o attributes/attributes.go metadata.json

cat >main.go <<'EOF'
package main

import (
	"context"
	"log"

	"example.com/user/attributes"
	"github.com/kustomer-go/kustomer/client"
	"github.com/kustomer-go/kustomer/custom"
)

func main() {
	c, err := client.FromEnv()
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.UpdateConversationAttributes(context.Background(), "65f0a1b2c3d4e5f600000003", client.ConversationUpdate{
		Custom: custom.New(attributes.OrderNumberStr.Set("A-10045"), attributes.RefundNum.Set(12.5)),
	})
	if err != nil {
		log.Fatal(err)
	}
}
EOF
"$go" build -o /dev/null ./...
"$go" vet ./...

# A misspelled and a mistyped attribute do not compile.
for wrong in 's/OrderNumberStr/OrdreNumberStr/' 's/Set(12.5)/Set("12.5")/'; do
	sed -i.bak "$wrong" main.go
	if "$go" build -o /dev/null ./... 2>/dev/null; then
		echo "the program compiles after $wrong" >&2
		exit 1
	fi
	mv main.go.bak main.go
done
"$go" tool attributes -check -o attributes/attributes.go metadata.json >/dev/null
echo "a new module generates typed attributes with two commands and compiles with them"
