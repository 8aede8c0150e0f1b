package main

const (
	documentFile = "api/openapi.yaml"
	overlayFile  = "api/overlay.yaml"
)

// An output is a generated file.
type output struct {
	name string // relative to the root, with slashes
	data []byte
}

// generate makes all files from the inputs below root. What is wrong with an input comes back as [problems].
func generate(root string) ([]output, error) {
	var found problems
	conf := readConfig(root, &found)
	shaping := readOverlay(root, &found)
	doc := read(root, documentFile, &found)
	if doc == nil {
		return nil, found.err()
	}
	checkDocument(doc, &found)
	limits := generateLimits(doc, &found)
	if conf != nil {
		conf.checkAliases(doc, &found)
	}
	var shaped *source
	if shaping != nil {
		shaped = shaping.apply(doc, &found)
	}
	if err := found.err(); err != nil {
		return nil, err
	}

	models := generateModels(conf, doc, shaped, shaping, &found)
	if err := found.err(); err != nil {
		return nil, err
	}
	aliases := generateAliases(conf, doc, shaped, models, &found)
	if err := found.err(); err != nil {
		return nil, err
	}
	return []output{
		{"client/models.go", aliases},
		{"gen/gen.go", models},
		{"gen/limits.go", limits},
	}, nil
}
