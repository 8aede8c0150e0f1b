package main

// The grammar of OpenAPI 3.0 with our extensions, as far as names and types go; a misspelt extension would have no effect.
// What is required and what goes together is left to the validator. Shapes that contain themselves are completed in init.

var (
	txt     = &shape{kind: aText}
	boolean = &shape{kind: aBool}
	count   = &shape{kind: aCount}
	num     = &shape{kind: aNumber}
	free    = &shape{kind: anything}
	words   = list(txt)

	additionalShape = &shape{kind: aBoolOrSchema}
)

func list(element *shape) *shape  { return &shape{kind: aList, element: element} }
func table(element *shape) *shape { return &shape{kind: aTable, element: element} }

// extended marks a table in which extensions may stand among the names.
func extended(s *shape) *shape {
	s.extended = true
	return s
}

func object(name string, keywords map[string]*shape) *shape {
	return &shape{kind: anObject, name: name, keywords: keywords}
}

// orRef allows a $ref in place of a value.
func orRef(s *shape) *shape {
	s.ref = true
	return s
}

var (
	docsShape   = object("an externalDocs object", map[string]*shape{"description": txt, "url": txt})
	serverShape = object("a server", map[string]*shape{
		"url": txt, "description": txt,
		"variables": table(object("a server variable", map[string]*shape{
			"enum": words, "default": txt, "description": txt,
		})),
	})
	securityShape = list(table(words))

	schemaShape      = orRef(object("a schema", nil))
	schemaTableShape = table(schemaShape)
	exampleShape     = orRef(object("an example", map[string]*shape{
		"summary": txt, "description": txt, "value": free, "externalValue": txt,
	}))
	headerShape    = orRef(object("a header", nil))
	mediaTypeShape = object("a media type", map[string]*shape{
		"schema": schemaShape, "example": free, "examples": table(exampleShape),
		"encoding": table(object("an encoding", map[string]*shape{
			"contentType": txt, "headers": table(headerShape), "style": txt, "explode": boolean, "allowReserved": boolean,
		})),
	})
	parameterShape = orRef(object("a parameter", map[string]*shape{"name": txt, "in": txt}))
	bodyShape      = orRef(object("a request body", map[string]*shape{
		"description": txt, "content": table(mediaTypeShape), "required": boolean, "x-max-body-bytes": count,
	}))
	linkShape = orRef(object("a link", map[string]*shape{
		"operationRef": txt, "operationId": txt, "parameters": free, "requestBody": free,
		"description": txt, "server": serverShape,
	}))
	responseShape = orRef(object("a response", map[string]*shape{
		"description": txt, "headers": table(headerShape), "content": table(mediaTypeShape), "links": table(linkShape),
	}))
	callbackShape  = orRef(extended(table(pathItemShape)))
	operationShape = object("an operation", map[string]*shape{
		"tags": words, "summary": txt, "description": txt, "externalDocs": docsShape, "operationId": txt,
		"parameters": list(parameterShape), "requestBody": bodyShape, "responses": extended(table(responseShape)),
		"callbacks": table(callbackShape), "deprecated": boolean, "security": securityShape, "servers": list(serverShape),
		"x-required-roles": words, "x-legacy-roles": words,
	})
	pathItemShape = object("a path", map[string]*shape{
		"summary": txt, "description": txt, "servers": list(serverShape), "parameters": list(parameterShape),
	})
	securitySchemeShape = orRef(object("a security scheme", map[string]*shape{
		"type": txt, "description": txt, "name": txt, "in": txt, "scheme": txt, "bearerFormat": txt,
		"flows": free, "openIdConnectUrl": txt,
	}))

	documentShape = object("the document", map[string]*shape{
		"openapi": txt,
		"info": object("info", map[string]*shape{
			"title": txt, "description": txt, "termsOfService": txt, "version": txt,
			"contact": object("a contact", map[string]*shape{"name": txt, "url": txt, "email": txt}),
			"license": object("a license", map[string]*shape{"name": txt, "url": txt}),
		}),
		"servers":  list(serverShape),
		"paths":    extended(table(pathItemShape)),
		"security": securityShape,
		"tags":     list(object("a tag", map[string]*shape{"name": txt, "description": txt, "externalDocs": docsShape})),
		"components": object("components", map[string]*shape{
			"schemas": schemaTableShape, "responses": table(responseShape), "parameters": table(parameterShape),
			"examples": table(exampleShape), "requestBodies": table(bodyShape), "headers": table(headerShape),
			"securitySchemes": table(securitySchemeShape), "links": table(linkShape), "callbacks": table(callbackShape),
		}),
		"externalDocs": docsShape,
	})

	overlayShape = object("the overlay", map[string]*shape{
		"overlay": txt, "extends": txt, "x-speakeasy-jsonpath": txt,
		"info": object("info", map[string]*shape{"title": txt, "version": txt}),
		"actions": list(object("an action", map[string]*shape{
			"target": txt, "description": txt, "update": free, "remove": boolean,
		})),
	})
)

func init() {
	schemaShape.keywords = map[string]*shape{
		"title": txt, "description": txt, "type": txt, "format": txt, "default": free, "example": free,
		"enum": list(free), "nullable": boolean, "readOnly": boolean, "writeOnly": boolean, "deprecated": boolean,
		"multipleOf": num, "maximum": num, "exclusiveMaximum": boolean, "minimum": num, "exclusiveMinimum": boolean,
		"maxLength": count, "minLength": count, "pattern": txt,
		"items": schemaShape, "maxItems": count, "minItems": count, "uniqueItems": boolean,
		"properties": schemaTableShape, "additionalProperties": additionalShape, "maxProperties": count, "minProperties": count,
		"required": words, "allOf": list(schemaShape), "oneOf": list(schemaShape), "anyOf": list(schemaShape), "not": schemaShape,
		"discriminator": object("a discriminator", map[string]*shape{"propertyName": txt, "mapping": table(txt)}),
		"xml": object("an xml object", map[string]*shape{
			"name": txt, "namespace": txt, "prefix": txt, "attribute": boolean, "wrapped": boolean,
		}),
		"externalDocs": docsShape, "x-explain": txt,
	}
	headerShape.keywords = map[string]*shape{
		"description": txt, "required": boolean, "deprecated": boolean, "allowEmptyValue": boolean, "style": txt,
		"explode": boolean, "allowReserved": boolean, "schema": schemaShape, "example": free, "examples": table(exampleShape),
		"content": table(mediaTypeShape),
	}
	for name, keyword := range headerShape.keywords {
		parameterShape.keywords[name] = keyword
	}
	for _, method := range methods {
		pathItemShape.keywords[method] = operationShape
	}
}

func isSchemaKeyword(name string) bool { return schemaShape.keywords[name] != nil }
