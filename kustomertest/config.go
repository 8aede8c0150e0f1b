package kustomertest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kustomer-go/kustomer/internal/definitions"
)

// A Config configures a fake. The zero value of each field is its default. The zero Config has Kustomer's known limits
// and accepts any custom attribute.
//
// The fake never calls functions of the Config concurrently, so they can use a seeded random source. They must not call
// the fake over HTTP. The handlers of Webhooks may.
type Config struct {
	// Host is the host in the URL of an in-memory fake. The default is acme.api.kustomerapp.com.
	Host string
	// PathPrefix is the path below which the fake serves, like a gateway. With "/kustomer", URL ends in /kustomer, and
	// /v1/users/current without it gets a 404.
	PathPrefix string

	// APIKey is the accepted key. The default is the constant [APIKey]. See also [Server.AcceptKey].
	APIKey string
	// Roles are the roles of the API keys, such as "org.permission.conversation.update", by their new or legacy names.
	// nil means all roles. A call without a required role gets a 403 (observed; the reference states 401).
	Roles []string
	// Pod is the region in the header x-kustomer-pod. The default is prod1.
	Pod string
	// KeyPod is the region of the API keys. The default is Pod. If they differ, each call gets a 401 with the text of the
	// reference (status and form of the response are assumed).
	KeyPod string

	// Customers are ids of customers that exist from the start. See also [Server.AddCustomer] and [Server.AddCustomerWith].
	Customers []string
	// UniqueExternalIDs makes a second conversation with the same externalId get a 409. IdempotentExternalIDs, which takes
	// precedence, makes a create return the existing one unchanged. Kustomer's behaviour is not documented.
	UniqueExternalIDs, IdempotentExternalIDs bool

	// Webhooks receive the events of conversations. See also [Server.AddWebhook] and [Server.DeliverWebhooks].
	Webhooks []Webhook

	// LookupLag is how long lists and lookups do not find a record that a call has created, or a conversation by its new
	// externalId. GET by id finds it at once, and all reads find records that the test has added. The default is no lag:
	// Kustomer's behaviour is not documented.
	LookupLag time.Duration
	// LookupLags returns the lag for what one call creates. It replaces LookupLag, for example by random lags.
	LookupLags func() time.Duration

	// ListLimit is how many records of a list can be read. The default is 10,000 (observed); a negative value means no limit.
	// A page beyond it gets a 400 (assumed). If there are more records, the last page still has a link to the next one.
	ListLimit int
	// EmptyBeyondListLimit makes pages beyond ListLimit empty instead (observed), without a link to a next page (assumed).
	EmptyBeyondListLimit bool

	// Attributes defines the custom attributes of conversations by name, suffix included. Any other attribute gets a 400. The
	// values of a name that does not end in Str, Txt, Num, At, Bool, Url, Id or Tree are not checked. See also [Attributes].
	// If Attributes and Metadata are both nil, any name without blanks is defined and accepts a value and a list.
	Attributes map[string]Attribute
	// Metadata is an organisation's response to GET /v1/metadata/conversation, for example from a file with go:embed. The fake
	// then defines the same custom attributes. Attributes takes precedence for the same name. [New] and [NewServer] panic if
	// Metadata is something else.
	Metadata []byte

	// OrgLimit is how many requests all keys of the organisation may make per window. The default is 1000, the budget
	// of the Enterprise plan. A negative value means no limit; responses then have no rate-limit headers.
	OrgLimit int
	// ObjectLimit is how many updates of one conversation are allowed per window; appending and removing tags are updates. The
	// reference states that there is such a limit but not its number or window, so the default is no limit. Only
	// applied updates count, and the 429 has no x-ratelimit-reset (both assumed).
	ObjectLimit int
	// CreateLimit is how many conversations may be created per customer and window. The default is 120, the limit of another
	// create (assumed); a negative value means no limit. A body with importedAt is exempt.
	CreateLimit int
	// Window is the length of the windows of all limits. The default is 60 s. A client assumes that, and may wait that long
	// even if the fake's window is shorter. x-ratelimit-reset has whole seconds and is rounded up (assumed).
	Window time.Duration
	// AlignedWindows makes windows begin at multiples of their length, such as each full minute. Otherwise a window
	// begins with the first request after the previous window. Kustomer's behaviour is not documented.
	AlignedWindows bool
	// ResetHeader selects the responses with the header x-ratelimit-reset, in seconds since the Unix epoch.
	ResetHeader ResetHeader
	// OmitRateHeaders reports whether the response to a request, whose Status is set, has no rate-limit headers.
	OmitRateHeaders func(Request) bool

	// Faults returns a fault or nil for each request that no fault of [Server.Fail] matches. Its Match and Times are ignored.
	Faults func(Request) *Fault
	// Latency returns how long a call takes. Half of the time passes before the call is handled and half after, so
	// responses may overtake each other.
	Latency func() time.Duration
	// ClockSkew is how far the fake's clock, which its responses follow, is ahead of that of the process.
	ClockSkew time.Duration
	// OmitDate omits the header Date from all responses.
	OmitDate bool
	// BareResponses reduces conversations and customers in responses to type and id, the minimum that a client may rely on.
	BareResponses bool
}

// withDefaults returns the configuration with all defaults. Its Attributes are nil if any name is defined.
func (c Config) withDefaults() Config {
	c.Host = cmp.Or(c.Host, "acme.api.kustomerapp.com")
	c.PathPrefix = strings.TrimSuffix("/"+strings.Trim(c.PathPrefix, "/"), "/")
	c.APIKey = cmp.Or(c.APIKey, APIKey)
	c.Roles = slices.Clone(c.Roles)
	c.Pod = cmp.Or(c.Pod, "prod1")
	c.KeyPod = cmp.Or(c.KeyPod, c.Pod)
	c.Attributes = maps.Clone(c.Attributes)
	if c.Metadata != nil {
		attributes := metadataAttributes(c.Metadata)
		maps.Copy(attributes, c.Attributes)
		c.Attributes = attributes
	}
	c.OrgLimit = cmp.Or(c.OrgLimit, 1000)
	c.CreateLimit = cmp.Or(c.CreateLimit, 120)
	c.ListLimit = cmp.Or(c.ListLimit, 10_000)
	if c.Window <= 0 {
		c.Window = time.Minute
	}
	return c
}

// metadataAttributes returns the attributes that an organisation has defined.
func metadataAttributes(response []byte) map[string]Attribute {
	d, err := definitions.Parse(response, "conversation")
	if err != nil {
		panic(fmt.Sprintf("kustomertest: Config.Metadata: %v", err))
	}
	attributes := make(map[string]Attribute)
	for _, a := range d.Attributes {
		attributes[a.Name] = Attribute{a.DisplayName, a.List, a.Enumeration, a.Target, nodesOf(a.Tree), a.LeafOnly, a.Deleted}
	}
	return attributes
}

func nodesOf(tree []definitions.Node) []Node {
	var all []Node
	for _, n := range tree {
		all = append(all, Node{n.ID, n.DisplayName, nodesOf(n.Children)})
	}
	return all
}

// now is the fake's clock.
func (s *Server) now() time.Time { return time.Now().Add(s.cfg.ClockSkew) }
