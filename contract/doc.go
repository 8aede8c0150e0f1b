// Package contract holds what the client sends and what the fake answers against the documents below api/, by the
// judgement of kin-openapi, which neither of them uses.
package contract
