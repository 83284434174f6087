// Puts an OAuth 1.0a library behind the adapter protocol of countersign, version 1.
//
// Run:   go run adapter.go
// Build: go build -o adapter adapter.go
// Test:  countersign test --adapter ./adapter
//
// Delivered, it signs with PLAINTEXT only and passes: replace what stands under YOUR LIBRARY.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/url"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

// ---- YOUR LIBRARY ---------------------------------------------------------------------------------------------------

var offer = Hello{
	// Who is tested: this stands in every report.
	Implementation: map[string]string{"name": "my-library", "version": "0.0.0", "language": "Go", "language_version": runtime.Version()},
	// Add what the library has, and answer it in answer: base_string, verify, percent_decode, parse_authorization, ...
	Operations: []string{"sign", "percent_encode"},
	// Add what the library signs with: HMAC-SHA1, HMAC-SHA256, HMAC-SHA512, RSA-SHA1, RSA-SHA256, RSA-SHA512.
	SignatureMethods: []string{"PLAINTEXT"},
	// Add what sign hands on: form_body, duplicates, extra_parameters, realm, callback, verifier, transmission, body_hash, codes.
	Features: []string{"fixed_nonce", "no_version"},
	// How many questions may wait in the pipe; they are answered in their order.
	MaxInFlight: 64,
}

// Request is the input of sign; nil is null.
type Request struct {
	Method          string      `json:"method"`
	URL             Text        `json:"url"`
	Headers         [][2]Text   `json:"headers"`
	Body            Text        `json:"body"`
	Client          Credentials `json:"client"`
	Token           Credentials `json:"token"`
	SignatureMethod string      `json:"signature_method"`
	PrivateKey      *string     `json:"private_key"`
	Nonce           Text        `json:"nonce"`
	Timestamp       Text        `json:"timestamp"`
	Version         Text        `json:"version"`
	Callback        Text        `json:"callback"`
	Verifier        Text        `json:"verifier"`
	Realm           Text        `json:"realm"`
	BodyHash        Text        `json:"body_hash"`
	Extra           [][2]Text   `json:"extra"`
	Transmission    string      `json:"transmission"` // header (also if empty), body or query
}

// Credentials are an identifier and its secret; without a token both are nil.
type Credentials struct {
	Identifier Text `json:"identifier"`
	Secret     Text `json:"secret"`
}

// Call the library here.
func sign(request Request) (Output, error) {
	if request.SignatureMethod != "PLAINTEXT" {
		// Leave this out when the library is called: it has to refuse names that it does not know.
		return nil, Unsupported("signature_method:" + request.SignatureMethod)
	}
	if request.Version != nil && string(request.Version) != "1.0" {
		// Return this wherever the library refuses; the codes stand in countersign's vectors/README.md, "" will do.
		return nil, Reject{"version_rejected", "oauth_version is not 1.0"}
	}
	// RFC 5849 section 3.4.4; give "authorization" beside the signature if the library makes the header.
	return Output{"signature": percentEncode(request.Client.Secret) + "&" + percentEncode(request.Token.Secret)}, nil
}

// Section 3.6: the library's own function, if it has one.
func percentEncode(text Text) string {
	return strings.ReplaceAll(url.QueryEscape(string(text)), "+", "%20")
}

// Add a case for each operation that is offered.
func answer(operation string, input json.RawMessage) (Output, error) {
	switch operation {
	case "sign":
		var request Request
		if err := json.Unmarshal(input, &request); err != nil {
			return nil, err
		}
		return sign(request)
	case "percent_encode":
		var asked struct {
			Text Text `json:"text"`
		}
		if err := json.Unmarshal(input, &asked); err != nil {
			return nil, err
		}
		return Output{"encoded": percentEncode(asked.Text)}, nil
	default:
		return nil, Unsupported("operation:" + operation)
	}
}

// ---- The protocol: nothing to change from here on -------------------------------------------------------------------

// Reject says that the library refuses the input.
type Reject struct{ code, message string }

func (reject Reject) Error() string { return reject.message }

// Unsupported says that the library does not offer this, such as "feature:realm".
type Unsupported string

func (what Unsupported) Error() string { return string(what) }

// Output is what an operation answers, by the names of the protocol.
type Output map[string]any

// Text is a string, or the octets of {"base64": "..."} where they are not UTF-8, or nil for null.
type Text []byte

// UnmarshalJSON reads all three.
func (text *Text) UnmarshalJSON(read []byte) error {
	if bytes.HasPrefix(read, []byte("{")) {
		var octets struct {
			Base64 *[]byte `json:"base64"`
		}
		if err := json.Unmarshal(read, &octets); err != nil {
			return err
		} else if octets.Base64 == nil {
			return errors.New("an object that is no text")
		}
		*text = *octets.Base64
		return nil
	}
	var characters *string
	if err := json.Unmarshal(read, &characters); err != nil || characters == nil {
		return err
	}
	*text = Text(*characters)
	return nil
}

// Hello says who is tested and what it offers.
type Hello struct {
	Type             string            `json:"type"`
	Protocol         int               `json:"protocol"`
	Implementation   map[string]string `json:"implementation"`
	Operations       []string          `json:"operations"`
	SignatureMethods []string          `json:"signature_methods"`
	Features         []string          `json:"features"`
	MaxInFlight      int               `json:"max_in_flight"`
}

// Run is a question.
type Run struct {
	ID        *string         `json:"id"`
	Operation string          `json:"operation"`
	Input     json.RawMessage `json:"input"`
}

// Response answers a question.
type Response struct {
	Type      string  `json:"type"`
	ID        *string `json:"id,omitempty"`
	Output    Output  `json:"output,omitempty"`
	Code      string  `json:"code,omitempty"`
	What      string  `json:"what,omitempty"`
	Message   string  `json:"message,omitempty"`
	Traceback string  `json:"traceback,omitempty"`
}

// put answers one question; a panic in the library is an error of the case.
func put(line []byte) (response Response) {
	var asked Run
	defer func() {
		if failure := recover(); failure != nil {
			response = Response{Type: "error", ID: asked.ID, Message: fmt.Sprint(failure), Traceback: string(debug.Stack())}
		}
	}()
	if err := json.Unmarshal(line, &asked); err != nil {
		return Response{Type: "error", ID: asked.ID, Message: err.Error()}
	}
	if asked.ID == nil {
		return Response{Type: "error", Message: "a run message without id"}
	}
	output, err := answer(asked.Operation, asked.Input)
	var reject Reject
	var unsupported Unsupported
	switch {
	case err == nil:
		return Response{Type: "result", ID: asked.ID, Output: output}
	case errors.As(err, &reject):
		return Response{Type: "reject", ID: asked.ID, Code: reject.code, Message: reject.message}
	case errors.As(err, &unsupported):
		return Response{Type: "unsupported", ID: asked.ID, What: string(unsupported)}
	default:
		return Response{Type: "error", ID: asked.ID, Message: err.Error()}
	}
}

// respond gives the response to a line, nil to a message of a later version, and says whether there will be more.
func respond(line []byte) (response any, more bool) {
	var message struct {
		Type *string `json:"type"`
	}
	err := json.Unmarshal(line, &message)
	switch {
	case err != nil:
		return Response{Type: "error", Message: err.Error()}, true
	case message.Type == nil:
		return Response{Type: "error", Message: "a message without type"}, true
	case *message.Type == "hello":
		offer.Type, offer.Protocol = "hello", 1
		return offer, true
	case *message.Type == "run":
		return put(line), true
	default:
		return nil, *message.Type != "bye"
	}
}

func main() {
	lines, answers := bufio.NewReader(os.Stdin), json.NewEncoder(os.Stdout)
	// What the library prints must not get between the answers.
	os.Stdout = os.Stderr
	for end, more := error(nil), true; more && end == nil; {
		var line []byte
		var response any
		line, end = lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if response, more = respond(line); response == nil {
			continue
		}
		if err := answers.Encode(response); err != nil {
			log.Fatal(err)
		}
	}
}
