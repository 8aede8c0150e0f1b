package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/kustomer-go/kustomer/gen/related"
)

// ErrListCut means that a list is longer than the API returns: 100 pages or 10,000 records (observed; Kustomer's reference says
// 100 pages of searches). The records before it were read. Narrow the list, for example with fromDate, to read the others.
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
// options opts, so a [CallMaxWait] limits the wait for one page. [DecodeConversations] and [DecodeRecords] decode a page.
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

// eachPage yields the pages of a list, beginning with that of path. get reads one.
func (c *Client) eachPage(path string, yield func(*Response, error) bool, get func(path string) (*Response, error)) {
	pages := pageReader{url: c.url, get: get, path: path, seen: map[string]bool{}}
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

// How much of a list the API returns. See [ErrListCut].
const (
	maxPages   = 100
	maxRecords = 10_000
)

// A pageReader reads the pages of a list, one after the other.
type pageReader struct {
	url     func(path string) string
	get     func(path string) (*Response, error) // reads one page
	path    string                               // of the page that is read, or was read last
	number  int                                  // of that page, from 1
	link    string                               // to the next page; empty if there is none
	linkErr error                                // why link cannot be read
	records int                                  // read so far
	seen    map[string]bool                      // pages
}

// more reports whether there is another page, or an error in its place.
func (p *pageReader) more() bool { return p.number == 0 || p.link != "" || p.linkErr != nil }

// next reads the next page.
func (p *pageReader) next() (*Response, error) {
	p.number++
	if p.number > 1 {
		switch {
		case p.linkErr != nil:
			return nil, p.linkErr
		case p.records >= maxRecords:
			return nil, ErrListCut
		}
		if err := p.follow(); err != nil {
			return nil, err
		}
	}
	p.seen[pageKey(p.path)] = true
	page, err := p.get(p.path)
	if p.number > maxPages && errors.Is(err, ErrBadRequest) {
		err = errors.Join(ErrListCut, err)
	}
	if err != nil {
		return nil, err
	}
	n := p.readLink(page)
	if p.number > maxPages && n == 0 {
		return nil, ErrListCut
	}
	return page, nil
}

// readLink reads what a page says about the next one, and returns how many records it has.
func (p *pageReader) readLink(page *Response) (records int) {
	var list struct {
		Data  []json.RawMessage `json:"data"`
		Links struct {
			Self string          `json:"self"`
			Next json.RawMessage `json:"next"`
		} `json:"links"`
		Meta related.PageMeta `json:"meta"`
	}
	_ = decodeLeniently(page.plain, &list) // what is wrong with the records is reported when they are decoded
	p.records += len(list.Data)
	p.link, p.linkErr = "", nil
	if len(list.Links.Next) > 0 && json.Unmarshal(list.Links.Next, &p.link) != nil {
		p.linkErr = errors.New("the page before it has a links.next that is not a text")
	}
	if page.hasKey != nil && (page.hasKey(p.link) || page.hasKey(unescapeURL(p.link))) { // errors and logs show parts of a path
		p.linkErr = errors.New("the link to it has the API key, which must not be in a URL")
	}
	if self, err := p.resolve(list.Links.Self); list.Links.Self != "" && err == nil {
		p.seen[pageKey(self)] = true // the first page may be known by another path than the one that was asked for
	}
	if !p.more() && list.Meta.Total > p.records && (p.number >= maxPages || p.records >= maxRecords) {
		p.linkErr = ErrListCut
	}
	return len(list.Data)
}

// follow makes the link of a page the path of the next one.
func (p *pageReader) follow() error {
	path, err := p.resolve(p.link)
	if err != nil {
		return err
	}
	if p.seen[pageKey(path)] {
		return errors.New("the link to it leads to a page that was already read")
	}
	p.path = path
	return nil
}

// resolve returns the path that a link in the current page leads to. The API key must not go anywhere else, whatever a link says.
func (p *pageReader) resolve(link string) (path string, err error) {
	current, err := url.Parse(p.url(p.path))
	if err != nil {
		return "", err
	}
	to, err := current.Parse(link)
	switch {
	case err != nil:
		return "", errors.New("the link to it is not a URL")
	case hostOf(to) != hostOf(current):
		return "", errors.New("the link to it leads to another host")
	}
	path = to.EscapedPath()
	bare, _, _ := strings.Cut(p.path, "?")
	gateway := strings.TrimSuffix(current.EscapedPath(), bare) // which the API does not know
	if inside, ok := strings.CutPrefix(path, gateway); ok && strings.HasPrefix(inside, "/v1/") {
		path = inside
	}
	if to.RawQuery != "" {
		path += "?" + to.RawQuery
	}
	if wrong := checkPath(path); wrong != "" {
		return "", fmt.Errorf("the path of the link to it %s", wrong)
	}
	return path, nil
}

// hostOf returns the scheme and host of a URL.
func hostOf(u *url.URL) string {
	return normalBase((&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}).String())
}

// pageKey returns the same text for paths that differ only in the order of their query.
func pageKey(path string) string {
	path, query, _ := strings.Cut(path, "?")
	if values, err := url.ParseQuery(query); err == nil {
		query = values.Encode()
	}
	return path + "?" + query
}

// errNoList reports a response that is not a list.
var errNoList = errors.New("the response has no list of records in data")

// DecodeConversations decodes the conversations of a list, such as a page of [Client.Pages]. Each is decoded on its own, as
// leniently as [DecodeConversation]. The Raw of each is {"data": {…}} with its record alone, and the rest of its Response is that
// of the list.
//
// The error names the records without a readable id, which are left out, and what is wrong with the list itself. The other
// conversations are returned all the same. [DecodeRecords] decodes lists of other records.
func DecodeConversations(r *Response) ([]*Conversation, error) {
	records, errs := r.records()
	var all []*Conversation
	for i, record := range records {
		conv := &Conversation{Response: *r}
		conv.raw = slices.Concat([]byte(`{"data":`), record, []byte("}"))
		conv.plain, conv.partial = conv.raw, nil
		if err := decodeRecord(conv); err != nil {
			errs = append(errs, fmt.Errorf("data[%d] is not a conversation: %w", i, err))
			continue
		}
		all = append(all, conv)
	}
	return all, errs.err()
}

// DecodeRecords decodes the records of a list, such as a page of [Client.Pages] or the response to a search by [Client.Do]. T is
// the type of one record: [Customer], or a type of your own. For conversations, use [DecodeConversations]. A value of another
// type than T expects is left out, and everything else is decoded. A struct that embeds another is decoded by encoding/json as a
// whole.
//
// The error names each record and field that could not be decoded, and what is wrong with the list itself. The records are
// returned all the same.
func DecodeRecords[T any](r *Response) ([]T, error) {
	records, errs := r.records()
	all := make([]T, len(records))
	for i, record := range records {
		if err := decodeLeniently(record, &all[i]); err != nil {
			errs = append(errs, fmt.Errorf("data[%d]: %w", i, r.redactError(err)))
		}
	}
	return all, errs.err()
}

// records returns the records of a list, and what is wrong with the list.
func (r *Response) records() ([]json.RawMessage, errorList) {
	var records []json.RawMessage
	errs := decodeData(r, &records)
	if records == nil {
		errs = append(errs, errNoList)
	}
	return records, errs
}
