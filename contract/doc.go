// Package contract checks the client's requests and the fake's responses against the documents in api/ with kin-openapi, a
// validator that neither of them uses.
package contract
