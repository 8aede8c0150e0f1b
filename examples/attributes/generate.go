package attributes

// Where the organisation can be asked, the line has no file. It then takes KUSTOMER_ORG and KUSTOMER_API_KEY.
//go:generate go run ../../cmd/attributes -o attributes.go metadata.json
