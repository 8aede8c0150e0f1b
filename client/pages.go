package client

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"

	"github.com/kustomer-go/kustomer/gen/related"
)

// ErrListCut means that a list is longer than the API returns: 100 pages or 10,000 records (observed; Kustomer's reference says
// 100 pages of searches). The records before it were read. Narrow the list, such as with fromDate, to read the others.
var ErrListCut = errors.New("kustomer: the list is longer than the API returns")

// A PageError is an error of [Client.Pages] or [Client.CustomerConversations]. All pages before it were read.
type PageError struct {
	Page int    // number of the page that could not be read, from 1
	Path string // of the last request; if Err is that of a call, Pages can go on from it
	Err  error  // of the call for the page, [ErrListCut], or what is wrong with the page or the link to it
}

// Error names the page. It does not show Path.
func (e *PageError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("kustomer: page %d failed", e.Page)
	}
	return fmt.Sprintf("kustomer: page %d: %s", e.Page, nestedText(e.Err))
}

// Unwrap returns Err.
func (e *PageError) Unwrap() error { return e.Err }

// LogValue returns the page as page, and Err as error.
func (e *PageError) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("page", e.Page), slog.Any("error", e.Err))
}

// Pages reads a list page by page: it sends a GET for path, and then for each link to a next page. path is as for [Client.Do],
// and its query chooses the size of the pages: most lists have 100 records at most. Each page is a call of its own with the
// options opts, so a [CallMaxWait] limits the wait for one page. [Response.Conversations] and [DecodeRecords] decode a page.
//
// An error ends the list. It is a [*PageError], which wraps an error of Do, [ErrListCut], or what is wrong with the link: it
// leads to another host, out of /v1/, or to a page that was already read. If the records change while they are read, one may be
// in two pages, or in none (assumed).
//
//	for page, err := range c.Pages(ctx, "/v1/customers?pageSize=100") {
func (c *Client) Pages(ctx context.Context, path string, opts ...CallOption) iter.Seq2[*Response, error] {
	return func(yield func(*Response, error) bool) {
		c.eachPage(path, yield, func(path string) (*Response, error) {
			return c.Do(ctx, http.MethodGet, path, nil, opts...)
		})
	}
}

// CustomerConversations reads all conversations of a customer, in pages of 100, as [Client.Pages] does. Their order is not
// documented. The [Conversation] of a list is decoded like any other: see [Conversation.DecodeError].
//
// Whether an unknown customer has an empty list or gives [ErrNotFound] is not documented. The API key needs the role
// org.permission.conversation.read, or org.user.conversation.read (older).
//
// GET /v1/customers/{id}/conversations, see https://developer.kustomer.com/docs/concepts/pagination.
func (c *Client) CustomerConversations(ctx context.Context, customerID string, opts ...CallOption) iter.Seq2[*Conversation, error] {
	return func(yield func(*Conversation, error) bool) {
		first := read(&related.GetConversationsByCustomerOperation, customerID)
		first.decode = decodePage
		if err := c.prepare(ctx, &first, opts, "customerID", "", nil); err != nil {
			yield(nil, &PageError{Page: 1, Err: err})
			return
		}
		number := 0
		pages := func(page *Response, err error) bool {
			number++
			if err != nil {
				return yield(nil, err)
			}
			all, err := page.Conversations()
			for _, conv := range all {
				if !yield(conv, nil) {
					return false
				}
			}
			if err != nil {
				yield(nil, &PageError{Page: number, Err: err})
			}
			return err == nil
		}
		c.eachPage(first.path, pages, func(path string) (*Response, error) {
			call, r := first, new(Response)
			call.path = path
			return r, c.run(ctx, &call, r)
		})
	}
}

// eachPage yields the pages of a list, beginning with that of path. get reads one.
func (c *Client) eachPage(path string, yield func(*Response, error) bool, get func(path string) (*Response, error)) {
	pages := pageReader{base: c.base, get: get, path: path, seen: map[string]bool{}}
	for pages.more() {
		page, err := pages.next()
		if err != nil {
			yield(nil, &PageError{Page: pages.number, Path: pages.path, Err: err})
			return
		}
		if !yield(page, nil) {
			return
		}
	}
}
