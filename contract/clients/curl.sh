#!/usr/bin/env bash
# The round trips of TestOtherClients by curl: it asserts status, type and text of each response.
set -euo pipefail
url=$KUSTOMER_URL key=$KUSTOMER_API_KEY customer=$KUSTOMER_CUSTOMER
calls=0

# call METHOD PATH BODY [CONTENT-TYPE] sets status, type, head and body.
call() {
  local response
  response=$(printf '%s' "$3" | curl --silent --show-error --max-time 20 --request "$1" --header "Authorization: Bearer $key" \
    --header "Content-Type: ${4:-application/json}" --header 'Expect:' ${3:+--data-binary @-} --include --write-out '\n%{http_code} %{content_type}' "$url$2" | tr -d '\r')
  status=${response##*$'\n'}
  type=${status#* } status=${status%% *}
  response=${response%$'\n'*}
  head=${response%%$'\n\n'*} body=${response#*$'\n\n'}
  calls=$((calls + 1))
  what="$1 $2"
}
fail() {
  echo "$what: $1" >&2
  printf '%s\n' "$status $type" "$head" "$body" >&2
  exit 1
}
is() { [ "$status" = "$1" ] && [[ $type == ${2:-application/json}* ]] || fail "expected $1 ${2:-application/json}"; }
has() { for text; do [[ $body == *"$text"* ]] || fail "the response lacks $text"; done; }
lacks() { for text; do [[ $body != *"$text"* ]] || fail "the response has $text"; done; }
header() { grep -qi "^$1" <<<"$head" || fail "there is no header $1"; }

call POST "/v1/customers/$customer/conversations" '{"externalId":"order-10045","name":"Damaged parcel","priority":3,"direction":"in","tags":["damaged parcel"],
  "custom":{"orderNumberStr":"A-10045","refundNum":12.5,"@acmeReturnsRmaStr":"RMA-7"}}'
is 201
has '"type":"conversation"' '"externalId":"order-10045"' '"name":"Damaged parcel"' '"status":"open"' '"priority":3' '"orderNumberStr":"A-10045"' '"refundNum":12.5' \
  '"@acmeReturnsRmaStr":"RMA-7"' "/v1/customers/$customer"
lacks '"damaged parcel"'
header 'x-ratelimit-limit: 1000' && header 'x-ratelimit-remaining: 999' && header 'x-amz-cf-id: '
[[ $body =~ \"self\":\"/v1/conversations/([^/\"]+)\" ]] || fail "no link to itself"
conversation=/v1/conversations/${BASH_REMATCH[1]}
[[ $body =~ \"tags\":\[\"([^\"]+)\"\] ]] || fail "not one tag"
tag=${BASH_REMATCH[1]}

call PATCH "$conversation" '{"status":"snoozed","snooze":{"status":"scheduled","time":"2026-03-03T09:00:00Z"},"priority":5,"queue":{"external":"amazon-connect"},
  "custom":{"orderNumberStr":null,"vipBool":true}}'
is 200
has '"status":"snoozed"' '"time":"2026-03-03T09:00:00' '"priority":5' '"externalQueue":"amazon-connect"' '"vipBool":true' '"refundNum":12.5' '"rev":2'
lacks orderNumberStr

call PATCH "$conversation" '{"name":null,"sentiment":{"polarity":-1,"confidence":0.8}}' application/json-patch+json
is 200
has '"polarity":-1' '"confidence":0.8' '"rev":3'
lacks 'Damaged parcel'

call POST "$conversation/tags" "[\"vip\",\"$tag\"]"
is 200
[[ $body =~ \"tags\":\[\"$tag\",\"[^\"]+\"\] ]] || fail "not two tags"

call GET /v1/metadata/conversation ''
is 200
has '"type":"metadata"' '"refundNum":{' '"type":"number"'

call GET /v1/conversations/externalId=order-10045 ''
is 200
has "\"self\":\"$conversation\""
call GET "/v1/customers/$customer/conversations?page=1&pageSize=1" ''
is 200
has "\"self\":\"$conversation\"" '"next":null' '"pageSize":1'
call GET /v1/customers/email=jane%2Fdoe%2Borders@shop.example ''
is 200
has '"type":"customer"' "\"self\":\"/v1/customers/$customer\""
call GET /v1/customers/phone=%2B14155550123 ''
is 200
has '"phone":"+14155550123"'
call DELETE "$conversation/tags" '["vip"]'
is 200
has "\"tags\":[\"$tag\"]"
call GET /v1/customers/email=nobody@shop.example ''
is 404
has '"code":"notfound"' '"parameter":"email"'

call PATCH "$conversation" '{"custom":{"notDefined":1}}'
is 400
has '"parameter":"notDefined"' '"code":"badparam"' '"title":"Additional properties not allowed"' '"status":400'
call PATCH "$conversation" '{"priority":9,"status":"closed"}'
is 400
has '"subErrors":[' '"pointer":"/priority"' '"pointer":"/status"'
call PATCH "$conversation" '{"name":"no end"'
is 400
has '"code":"bad_request"' '"message":"'
(
  key=another
  call PATCH "$conversation" '{"name":"n"}'
  is 401
  has '"code":"unauthorized"'
)
call PATCH /v1/conversations/unknown '{"name":"n"}'
is 404
has '"code":"notfound"' '"parameter":"id"'
call PATCH "$conversation" '{"name":"n","rev":99}'
is 409
has '"code":"conflict"'
call PATCH "$conversation" "{\"custom\":{\"notesTxt\":\"$(printf 'x%.0s' {1..102400})\"}}"
is 413
has '"status":413'

url=$KUSTOMER_URL_403
call POST "/v1/customers/$customer/conversations" '{}'
is 403
has '"code":"forbidden"'
url=$KUSTOMER_URL_429
call POST "/v1/customers/$customer/conversations" '{}'
is 429
header 'x-ratelimit-remaining: 0' && header 'x-ratelimit-reset: '
url=$KUSTOMER_URL_500
call POST "/v1/customers/$customer/conversations" '{}'
is 500
has '"errors":['
url=$KUSTOMER_URL_502
call POST "/v1/customers/$customer/conversations" '{}'
is 502 text/html
has '<h1>502'
echo "curl: $((calls + 1)) calls got the expected responses"
