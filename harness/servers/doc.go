// Package servers runs real Redis or Valkey servers for tests: one server, a primary with a replica and three sentinels, or a
// cluster of three nodes.
//
// They listen on free loopback ports, keep nothing on disk but what a cluster or sentinel needs, and end with the process
// that started them.
package servers
