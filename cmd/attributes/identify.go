package main

// identify gives all that has a place its identifier. Where several attributes or values would have the same, each of them gets
// one that tells it apart by its own text: none keeps the bare one, and none is counted, or a change of the others would make an
// identifier stand for something else in programs that still compile. Deleted attributes change nothing for others.
func (p *plan) identify() {
	if !p.identifyWith(shortDigest) {
		p.identifyWith(longDigest)
	}
}

// identifyWith reports whether all identifiers are different.
func (p *plan) identifyWith(digits int) bool {
	wanted := map[string]int{namesFunc: 1}
	if p.structName != "" {
		wanted[p.structName] = 1
	}
	for i := range p.attributes {
		if a := &p.attributes[i]; !a.Deleted {
			wanted[identifier(a.Name)]++
			for _, v := range a.values {
				wanted[identifier(a.Name)+word(v.text)]++
			}
		}
	}
	deleted := make(map[string]int)
	for _, a := range p.attributes {
		if a.Deleted {
			deleted[identifier(a.Name)]++
		}
	}
	taken, different := make(map[string]bool), true
	take := func(id string) string {
		different = different && !taken[id]
		taken[id] = true
		return id
	}
	for i := range p.attributes {
		a := &p.attributes[i]
		a.id = identifier(a.Name)
		if a.Deleted && wanted[a.id]+deleted[a.id] > 1 || !a.Deleted && wanted[a.id] > 1 {
			a.id += digest(a.Name, digits)
		}
		take(a.id)
		for j := range a.values {
			v := &a.values[j]
			v.id = a.id + word(v.text)
			if wanted[identifier(a.Name)+word(v.text)] > 1 {
				v.id += digest(v.text, digits)
			}
			take(v.id)
		}
	}
	return different
}
