package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/kustomer-go/kustomer/gen/related"
)

// How much of a list the API returns. See [ErrListCut].
const (
	maxPages   = 100
	maxRecords = 10_000
)

// A pageReader reads the pages of a list, one after the other.
type pageReader struct {
	base    string                               // URL of the client
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
	current, err := url.Parse(strings.TrimSuffix(p.base, "/") + p.path)
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
