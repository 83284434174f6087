// gomodule/oauth1: Client.SetAuthorizationHeader(header, credentials, method, url, form) signs a request, Client.SignForm one whose
// protocol parameters go into a form or query; RequestTemporaryCredentials and RequestToken send requests of their own with callback and
// verifier, through an http.Client, whose transport here keeps what it was given and has the answer already. A form is url.Values, read
// with url.ParseQuery. Nonce and timestamp are replaced through the hook of the library's own tests.
package main

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	_ "unsafe" // for go:linkname

	"github.com/gomodule/oauth1/oauth"
)

//go:linkname testHook github.com/gomodule/oauth1/oauth.testHook
var testHook func(map[string]string)

var methods = map[string]oauth.SignatureMethod{"HMAC-SHA1": oauth.HMACSHA1, "RSA-SHA1": oauth.RSASHA1, "PLAINTEXT": oauth.PLAINTEXT}

func credentials(given object) *oauth.Credentials {
	if given == nil {
		return nil
	}
	return &oauth.Credentials{Token: given.text("identifier"), Secret: given.text("secret")}
}

func privateKey(text string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("no PEM")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	if key, ok := key.(*rsa.PrivateKey); ok {
		return key, nil
	}
	return nil, errors.New("not an RSA key")
}

func client(asked object) (*oauth.Client, error) {
	method, known := methods[asked.text("signature_method")]
	if !known {
		return nil, errors.New("there is no constant for this signature method")
	}
	client := &oauth.Client{Credentials: *credentials(asked.object("client")), SignatureMethod: method}
	if method == oauth.RSASHA1 {
		key, err := privateKey(asked.text("private_key"))
		if err != nil {
			return nil, err
		}
		client.PrivateKey = key
	}
	isPlaintext := method == oauth.PLAINTEXT
	if !isPlaintext && (asked.absent("nonce") || asked.absent("timestamp")) {
		return nil, unsupported("feature:no_nonce")
	}
	if isPlaintext && !(asked.absent("nonce") && asked.absent("timestamp")) {
		return nil, unsupported("feature:nonce_with_plaintext")
	}
	testHook = func(parameters map[string]string) {
		if !isPlaintext {
			parameters["oauth_nonce"], parameters["oauth_timestamp"] = asked.text("nonce"), asked.text("timestamp")
		}
	}
	return client, nil
}

func sign(asked object) (object, error) {
	if asked.field("host") != nil {
		return nil, unsupported("feature:host_field")
	}
	if version := asked.text("version"); version != "1.0" {
		return nil, unsupported("version:" + version)
	}
	client, err := client(asked)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(asked.form())
	if err != nil {
		return nil, err
	}
	method, token := asked.text("method"), credentials(asked.object("token"))
	if !asked.absent("callback") || !asked.absent("verifier") {
		return signTokenRequest(asked, client, method, token, form)
	}
	switch asked.text("transmission") {
	case "body", "query":
		return signForm(asked, client, method, token, form)
	}
	target, err := url.Parse(asked.text("url"))
	if err != nil {
		return nil, err
	}
	header := http.Header{}
	if err := client.SetAuthorizationHeader(header, token, method, target, form); err != nil {
		return nil, err
	}
	return signed("authorization", header.Get("Authorization"))
}

// SignForm takes a URL without query and one set of parameters, for a form or for the query.
func signForm(asked object, client *oauth.Client, method string, token *oauth.Credentials, form url.Values) (object, error) {
	target, query, _ := strings.Cut(strings.SplitN(asked.text("url"), "#", 2)[0], "?")
	place := map[string]string{"body": "body", "query": "url"}[asked.text("transmission")]
	if place == "body" && query != "" || place == "url" && len(form) > 0 {
		return nil, unsupported("feature:query_and_body")
	}
	if place == "body" && asked.form() == "" && !asked.absent("body") && asked.text("body") != "" {
		return nil, unsupported("feature:other_body")
	}
	parameters := form
	if place == "url" {
		var err error
		if parameters, err = url.ParseQuery(query); err != nil {
			return nil, err
		}
	}
	if err := client.SignForm(token, method, target, parameters); err != nil {
		return nil, err
	}
	sent := parameters.Encode()
	if place == "url" {
		sent = target + "?" + sent
	}
	return object{"signature": parameters.Get("oauth_signature"), place: sent}, nil
}

// transport keeps the request and answers with what it has.
type transport struct {
	sent     *http.Request
	response *http.Response
}

func (t *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	t.sent = request
	t.response.Request = request
	return t.response, nil
}

func answering(status int, body string) *transport {
	return &transport{response: &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewBufferString(body))}}
}

func signTokenRequest(asked object, client *oauth.Client, method string, token *oauth.Credentials, form url.Values) (object, error) {
	if asked.text("transmission") == "body" || asked.text("transmission") == "query" {
		return nil, unsupported("feature:token_request_without_header")
	}
	if strings.Contains(asked.text("url"), "?") {
		return nil, unsupported("feature:query_in_token_request")
	}
	sending := answering(200, "oauth_token=t&oauth_token_secret=s")
	connection := &http.Client{Transport: sending}
	var err error
	switch {
	case !asked.absent("callback") && token == nil:
		client.TemporaryCredentialRequestURI, client.TemporaryCredentialsMethod = asked.text("url"), method
		_, err = client.RequestTemporaryCredentials(connection, asked.text("callback"), form)
	case !asked.absent("verifier") && token != nil && len(form) == 0:
		client.TokenRequestURI, client.TokenCredentailsMethod = asked.text("url"), method
		_, _, err = client.RequestToken(connection, token, asked.text("verifier"))
	default:
		return nil, unsupported("feature:other_token_request")
	}
	if err != nil {
		return nil, err
	}
	return signed("authorization", sending.sent.Header.Get("Authorization"))
}

func signed(place, sent string) (object, error) {
	_, value, _ := strings.Cut(sent, `oauth_signature="`)
	value, _, _ = strings.Cut(value, `"`)
	signature, err := url.PathUnescape(value)
	return object{"signature": signature, place: sent}, err
}

// RequestTemporaryCredentials gives the credentials only, RequestToken the other parameters, too.
func parseTokenResponse(asked object) (object, error) {
	if asked.text("step") == "temporary" {
		return nil, unsupported("feature:temporary_parameters")
	}
	client := &oauth.Client{TokenRequestURI: "https://provider.example/token"}
	connection := &http.Client{Transport: answering(asked.number("status"), asked.text("body"))}
	found, values, err := client.RequestToken(connection, &oauth.Credentials{Token: "temporary", Secret: "secret"}, "verifier")
	if err != nil {
		return nil, err
	}
	parameters := [][]interface{}{}
	for name, all := range values {
		for _, value := range all {
			parameters = append(parameters, []interface{}{octets(name), octets(value)})
		}
	}
	return object{"identifier": octets(found.Token), "secret": octets(found.Secret), "parameters": parameters}, nil
}

func main() {
	serve(adapter{
		Name: "gomodule-oauth1", Version: "0.0~git20181215.9a59ed3", Homepage: "https://github.com/gomodule/oauth1",
		Operations:       map[string]func(object) (object, error){"sign": sign, "parse_token_response": parseTokenResponse},
		SignatureMethods: []string{"HMAC-SHA1", "RSA-SHA1", "PLAINTEXT"},
		Features:         []string{"form_body", "duplicates", "callback", "verifier", "fixed_nonce", "transmission"},
	})
}
