// Package redislimit shares the budget of an organisation among processes, through Redis or Valkey. The limiter that [New]
// returns is for [client.WithLimiter] of each process. [Fleet] lists the processes for a dashboard.
//
// # Store
//
// It needs Redis 6.2 or later, or Valkey: one server, Sentinel or a cluster. All keys of an organisation begin with
// <prefix>:1:{<org>}, so they are in one slot of a cluster. They expire an hour after the last use. What is stored is counts,
// times, the names of members and hashes of the ids of records. A store that evicts keys, is flushed or fails over to a replica
// that lags behind does no harm: the limiters report all they know again.
//
// # Least rule
//
// TLS, the password, timeouts and the pool of connections are those of the [redis.UniversalClient]. With an access control
// list, its user needs no more than this one line, if the prefix is the default:
//
//	ACL SETUSER kustomer on >password resetkeys ~kustomer:1:* resetchannels -@all +eval +evalsha +time
//	    +hget +hgetall +hlen +hmget +hset +hdel +zcard +zrangebyscore +zadd +zrem +pexpire +del
//
// Enter it without the line break. Then run ACL SAVE if the server has an aclfile, or put the user into redis.conf: otherwise
// it is lost on restart.
//
// Only [Fleet] uses HGETALL. In a cluster, the client itself needs +cluster|slots and +command too.
//
// # When the store fails
//
// If an exchange with the store fails or takes longer than the patience ([WithPatience]), the limiter works alone, like one of
// [ratelimit.New], and tries the store again within a second. Meanwhile no request fails because of the store, or waits for
// longer than the patience. [WithObserver] tells when that begins and ends.
//
// A store grants nothing for 1.2 seconds if no limiter could reach it for 3 seconds, or if it has lost its data. In this time,
// all limiters report. Those that worked alone go on alone. In others, requests wait; those that must not wait may fail.
//
// By default, go-redis waits up to 5 seconds each for a connection and for a response, whatever the context. The patience
// does not depend on that: the exchange is given up, and its command ends by itself within these timeouts. Until then no other
// command is sent, so a hanging store holds one connection and one goroutine for each limiter. To be back sooner after a
// store hung, set shorter timeouts in the options of the client.
//
// Go-redis also goes on for half a second if a connection is refused. So the error that the observer gets is that the store
// has not responded. To get the cause, set DialerRetries and MaxRetries to 1 in the options of the client.
package redislimit

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/kustomer-go/kustomer/ratelimit"
)

// New returns a limiter that shares the budget of org with all limiters that use the same org, key prefix and store. It is the
// limiter of [ratelimit.NewShared]: call its Close in the end, before that of rdb. It does not connect to the store yet, so
// a store that is down is no error. The error reports all invalid arguments.
func New(rdb redis.UniversalClient, org string, opts ...Option) (*ratelimit.Adaptive, error) {
	s, err := newSettings(rdb, org, opts)
	l, limiterErr := ratelimit.NewShared(s.config, newPool(rdb, s))
	if err := errors.Join(err, limiterErr); err != nil {
		return nil, err
	}
	return l, nil
}

var (
	// The names of organisations are DNS labels.
	orgName = regexp.MustCompile(`^[0-9A-Za-z]([0-9A-Za-z-]{0,61}[0-9A-Za-z])?$`)
	// A prefix has neither braces, which mark the part of a key that chooses its slot, nor wildcards of an ACL.
	prefixName = regexp.MustCompile(`^[0-9A-Za-z_.:-]{1,64}$`)
	// A name has no blanks, because they separate it from numbers.
	memberName = regexp.MustCompile(`^[\pL\pM\pN\pP\pS]+$`)
)

// newSettings returns the settings, which are complete even if there is an error.
func newSettings(rdb redis.UniversalClient, org string, opts []Option) (settings, error) {
	host, _ := os.Hostname() // if that fails, the name has the process only
	s := settings{
		prefix: "kustomer", patience: defaultPatience, name: processName(host, os.Getpid()), observe: func(Event) {},
	}
	if rdb == nil {
		s.refuse("the client of the store is nil")
	}
	if !orgName.MatchString(org) {
		s.refuse("the organisation is not one DNS label") // it is not shown, because it may be an API key
	}
	for n, o := range opts {
		if o == nil {
			s.refuse("option %d is nil", n+1)
			continue
		}
		o(&s)
	}
	// Names of hosts ignore case.
	s.keys = keys(s.prefix, strings.ToLower(org))
	return s, errors.Join(s.errs...)
}

func (s *settings) refuse(format string, args ...any) {
	s.errs = append(s.errs, fmt.Errorf("redislimit: "+format, args...))
}
