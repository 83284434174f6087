// The loop of the adapter protocol for libraries in Go: questions on stdin, answers on stdout, one JSON object a line.
// What a library is asked and how stands in the library's own adapter, which is compiled together with this file; it knows no library.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sort"
	"strings"
	"unicode/utf8"
)

// Lines are read and answered one after the other; the pipe holds those that wait.
const maxInFlight = 64

// unsupported says that the library's interface has no words for a question: feature:…, signature_method:….
type unsupported string

func (what unsupported) Error() string { return string(what) }

type adapter struct {
	Name, Version, Homepage    string
	Operations                 map[string]func(object) (object, error)
	SignatureMethods, Features []string
}

// object is a JSON object of the question or the answer.
type object map[string]interface{}

func (o object) absent(name string) bool { return o[name] == nil }

func (o object) object(name string) object {
	inner, _ := o[name].(map[string]interface{})
	return inner
}

// text is a member as a string of octets, which Go does not ask to be UTF-8; "" if it is absent.
func (o object) text(name string) string { return text(o[name]) }

func (o object) number(name string) int {
	number, _ := o[name].(float64)
	return int(number)
}

// field is the value of the first header field of a name, or nil.
func (o object) field(wanted string) interface{} {
	fields, _ := o["headers"].([]interface{})
	for _, each := range fields {
		if pair, ok := each.([]interface{}); ok && len(pair) == 2 && strings.EqualFold(text(pair[0]), wanted) {
			return pair[1]
		}
	}
	return nil
}

// form is the body, if the application would say that it sends a form.
func (o object) form() string {
	if strings.HasPrefix(strings.ToLower(text(o.field("content-type"))), "application/x-www-form-urlencoded") {
		return o.text("body")
	}
	return ""
}

// Octets that are not UTF-8 are written {"base64": "…"}.
func text(value interface{}) string {
	switch value := value.(type) {
	case string:
		return value
	case map[string]interface{}:
		encoded, _ := value["base64"].(string)
		decoded, _ := base64.StdEncoding.DecodeString(encoded)
		return string(decoded)
	}
	return ""
}

func octets(value string) interface{} {
	if utf8.ValidString(value) {
		return value
	}
	return object{"base64": base64.StdEncoding.EncodeToString([]byte(value))}
}

func answer(operation func(object) (object, error), input object) (reply object) {
	defer func() {
		if failure := recover(); failure != nil {
			reply = object{"type": "error", "message": fmt.Sprint(failure), "traceback": string(debug.Stack())}
		}
	}()
	output, err := operation(input)
	var missing unsupported
	switch {
	case errors.As(err, &missing):
		return object{"type": "unsupported", "what": string(missing)}
	case err != nil:
		return object{"type": "reject", "message": err.Error()}
	}
	for name, value := range output {
		if value, ok := value.(string); ok {
			output[name] = octets(value)
		}
	}
	return object{"type": "result", "output": output}
}

func serve(a adapter) {
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	operations := []string{}
	for name := range a.Operations {
		operations = append(operations, name)
	}
	sort.Strings(operations)
	out.Encode(object{
		"type": "hello", "protocol": 1, "operations": operations, "signature_methods": a.SignatureMethods, "features": a.Features,
		"max_in_flight": maxInFlight,
		"implementation": object{
			"name": a.Name, "version": a.Version, "language": "Go", "language_version": strings.TrimPrefix(runtime.Version(), "go"),
			"homepage": a.Homepage,
		},
	})
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		message := object{}
		if json.Unmarshal(line, &message) != nil || message["type"] == "bye" {
			return
		}
		if message["type"] == "run" {
			reply := answer(a.Operations[message.text("operation")], message.object("input"))
			reply["id"] = message["id"]
			out.Encode(reply)
		}
	}
}
