// Package contract holds what the client sends and what the fake answers against api/openapi.yaml, by the judgement
// of kin-openapi, which neither of them uses.
package contract
