package custom

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Num returns the key of a number attribute: Num("refund") is refundNum. NaN and the infinities are refused.
// [Key.Get] gives an error for a number that float64 cannot give back digit for digit, such as
// 12345678901234567890; use [Int] for large integers.
func Num(name string) Key[float64] { return newKey(name, "Num", encodeFloat, decodeFloat) }

// Int returns the key of a number attribute whose values are integers: Int("itemCount") is itemCountNum, as
// Kustomer has one type for all numbers. [Key.Get] gives an error for a fraction or a number beyond int64.
func Int(name string) Key[int64] { return newKey(name, "Num", encodeInt, decodeInt) }

func encodeFloat(f float64) (json.RawMessage, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, errors.New("must be a finite number")
	}
	return json.Marshal(f)
}

func decodeFloat(raw json.RawMessage) (float64, error) {
	if kind(raw) != "a number" {
		return 0, fmt.Errorf("is %s, not a number", kind(raw))
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || parseDecimal(string(raw)) != parseDecimal(strconv.FormatFloat(f, 'e', -1, 64)) {
		return 0, errors.New("is a number that float64 does not hold exactly")
	}
	return f, nil
}

func encodeInt(i int64) (json.RawMessage, error) { return strconv.AppendInt(nil, i, 10), nil }

func decodeInt(raw json.RawMessage) (int64, error) {
	if kind(raw) != "a number" {
		return 0, fmt.Errorf("is %s, not a number", kind(raw))
	}
	d := parseDecimal(string(raw))
	// int64 has 19 digits; more zeros than that are not worth writing out.
	if d.exp < 0 || d.exp > 19 {
		return 0, errors.New("is a number that int64 does not hold exactly")
	}
	i, err := strconv.ParseInt(d.sign+d.digits+strings.Repeat("0", int(d.exp)), 10, 64)
	if err != nil {
		return 0, errors.New("is a number that int64 does not hold exactly")
	}
	return i, nil
}

// A decimal is a JSON number without its many spellings: digits times ten to the power of exp, where digits
// neither begin nor end in 0. Zero is "0" without sign. Equal numbers are equal decimals.
type decimal struct {
	sign   string
	digits string
	exp    int64
}

func parseDecimal(number string) decimal {
	var d decimal
	mantissa, exp, _ := strings.Cut(strings.ToLower(number), "e")
	if rest, ok := strings.CutPrefix(mantissa, "-"); ok {
		d.sign, mantissa = "-", rest
	}
	if exp != "" {
		// An exponent beyond int64 is clamped: no number anybody stores is affected, and it stays unequal to
		// all that float64 or int64 can hold.
		d.exp, _ = strconv.ParseInt(exp, 10, 32)
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	d.exp -= int64(len(fraction))
	d.digits = strings.TrimLeft(whole+fraction, "0")
	if d.digits == "" {
		return decimal{digits: "0"}
	}
	trimmed := strings.TrimRight(d.digits, "0")
	d.exp += int64(len(d.digits) - len(trimmed))
	d.digits = trimmed
	return d
}
