package main

// checkDocument reports all that is wrong with the document. The validator stops at the first value that it cannot
// load, so what could stop it is looked for beforehand.
func checkDocument(s *source, found *problems) {
	loadable := !s.flawed
	places, typed := checkShape(s, documentShape, found)
	led := checkRefs(s, places, found)
	sound := checkSchemas(s, places, found)
	checkVersion(s, found)
	checkMediaTypes(s, places, found)
	checkOperations(s, found)
	if loadable && typed && led {
		checkSense(s, places, found)
		validate(s, places, sound, found)
	}
}
