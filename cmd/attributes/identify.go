package main

// identify gives each attribute and value its identifier. Names that collide all get a stable suffix of their own text.
// None keeps the plain name and none is numbered. Otherwise a change to one of them could change the meaning of
// another's identifier in code that still compiles. Deleted attributes do not affect others.
func (p *plan) identify() {
	if !p.identifyWith(shortDigest) {
		p.identifyWith(longDigest)
	}
}

// identifyWith reports whether all identifiers differ.
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
	taken, unique := make(map[string]bool), true
	take := func(id string) string {
		unique = unique && !taken[id]
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
	return unique
}
