package kustomertest

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/kustomer-go/kustomer/internal/schema"
)

// listConversations serves GET /v1/customers/{id}/conversations. Order, fromDate and the 404 of an unknown customer are assumed.
func (s *Server) listConversations(c *call, customerID string) *response {
	params, failure := readQuery(c)
	if failure != nil {
		return failure
	}
	if s.store.customers[customerID] == nil {
		return notFound("id")
	}
	now := s.now()
	from, _ := normalizeTime(params["fromDate"]).(string)
	var found []*conversation
	for _, conv := range slices.Backward(s.store.order) {
		created, _ := conv.attributes["createdAt"].(string) // in the same format as from
		if conv.customer == customerID && !now.Before(conv.listedFrom) && created >= from {
			found = append(found, conv)
		}
	}
	return s.page(c, params, found)
}

// readQuery returns the query parameters of the operation. Others are ignored (assumed). The default is the maximum if there is
// one, otherwise the minimum.
func readQuery(c *call) (map[string]any, *response) {
	params := make(map[string]any)
	for _, p := range c.op.Query.Properties {
		isInteger := p.Schema.Kind == schema.Integer
		text := c.rec.Query.Get(p.Name)
		n, err := strconv.Atoi(text)
		switch {
		case isInteger && err == nil:
			params[p.Name] = n
		case c.rec.Query.Has(p.Name):
			params[p.Name] = text
		case isInteger && p.Schema.Max != nil:
			params[p.Name] = int(*p.Schema.Max)
		case isInteger:
			params[p.Name] = int(*p.Schema.Min)
		}
	}
	if wrong := schema.Check(c.op.Query, "", params); len(wrong) > 0 {
		return nil, badParameter(wrong[0].Field, wrong[0].Message)
	}
	return params, nil
}

func badParameter(name, detail string) *response {
	return errorResponse(400, errorItem{Source: errorSource{Parameter: name}, Title: "Invalid parameter", Detail: detail})
}

// page returns one page of records.
func (s *Server) page(c *call, params map[string]any, records []*conversation) *response {
	page, size := params["page"].(int), params["pageSize"].(int)
	begin := min(page-1, 1_000_000) * size // cannot overflow
	limit := len(records)
	if s.cfg.ListLimit > 0 {
		limit = min(limit, s.cfg.ListLimit)
		if begin >= s.cfg.ListLimit && !s.cfg.EmptyBeyondListLimit {
			return badParameter("page", "is beyond the last record that can be read")
		}
	}
	next, data := 0, []any{}
	for _, conv := range records[min(begin, limit):min(begin+size, limit)] {
		data = append(data, s.conversationData(conv))
	}
	if len(data) > 0 && begin+len(data) < len(records) {
		next = page + 1
	}
	link := func(page int) any {
		if page == 0 {
			return nil
		}
		query := url.Values{"page": {strconv.Itoa(page)}, "pageSize": {strconv.Itoa(size)}}
		if from, ok := params["fromDate"].(string); ok {
			query.Set("fromDate", from)
		}
		return strings.TrimPrefix(c.path, s.cfg.PathPrefix) + "?" + query.Encode()
	}
	return &response{status: c.op.Success, body: encode(map[string]any{
		"meta":  map[string]any{"page": page, "pageSize": size},
		"links": map[string]any{"self": link(page), "first": link(1), "prev": link(page - 1), "next": link(next)},
		"data":  data,
	})}
}
