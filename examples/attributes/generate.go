package attributes

// Without metadata.json, the command reads the definitions from Kustomer and needs KUSTOMER_ORG and KUSTOMER_API_KEY.
//go:generate go run ../../cmd/attributes -o attributes.go metadata.json
