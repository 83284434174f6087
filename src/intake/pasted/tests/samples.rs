//! Texts as tools write them. Hosts and credentials are synthetic.

/// "Copy as cURL (bash)" of Chrome.
pub(super) const CHROME_BASH: &str = r#"curl 'https://api.example.com/items?sort=a%2Cb' \
  -X 'POST' \
  -H 'accept: application/json, text/plain, */*' \
  -H 'authorization: OAuth oauth_consumer_key="k", oauth_nonce="n"' \
  -H $'x-odd: it\'s \u0021' \
  -b 'session=abc; theme=dark' \
  -H 'sec-ch-ua: "Chromium";v="130", "Not?A_Brand";v="99"' \
  --data-raw $'{"text":"it\'s\\n\u0021"}' \
  --compressed"#;

/// "Copy as cURL (cmd)" of Chrome.
pub(super) const CHROME_CMD: &str = r#"curl ^"https://api.example.com/items?sort=a^%^2Cb^" ^
  -H ^"accept: */*^" ^
  -H ^"authorization: OAuth oauth_consumer_key=^\^"k^\^", oauth_nonce=^\^"n^\^"^" ^
  --data-raw ^"a=1^&b=^%^20c^^d^""#;

/// "Copy as cURL" of Firefox.
pub(super) const FIREFOX: &str = "curl 'https://api.example.com/form' --compressed -X POST -H 'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' -H 'Content-Type: application/x-www-form-urlencoded' -H 'DNT: 1' --data-raw 'a=1&b=%20'";

/// Postman's code for cURL.
pub(super) const POSTMAN: &str = r#"curl --location --request POST 'https://api.example.com/oauth/request_token?a=b' \
--header 'Authorization: OAuth oauth_consumer_key="key",oauth_signature_method="HMAC-SHA1",oauth_timestamp="1700000000",oauth_nonce="nonce1234",oauth_version="1.0",oauth_signature="x%3D"' \
--header 'Content-Type: application/x-www-form-urlencoded' \
--data-urlencode 'q=a b' \
--data-urlencode 'r=ü'"#;

/// A log of Chrome, shortened: two entries, one of them with OAuth parameters.
pub(super) const CHROME_HAR: &str = r#"{"log":{"version":"1.2","creator":{"name":"WebInspector","version":"537.36"},"pages":[],"entries":[
{"_initiator":{"type":"script"},"_priority":"High","cache":{},"request":{"method":"GET","url":"https://www.example.com/app.js","httpVersion":"h3","headers":[{"name":":authority","value":"www.example.com"}],"queryString":[],"cookies":[],"headersSize":-1,"bodySize":0},"response":{"status":0,"statusText":"","httpVersion":"","headers":[],"cookies":[],"content":{"size":0,"mimeType":"x-unknown"},"redirectURL":"","headersSize":-1,"bodySize":-1,"_error":"net::ERR_BLOCKED_BY_CLIENT"},"startedDateTime":"2024-01-01T00:00:00.000Z","time":1},
{"request":{"method":"POST","url":"https://api.example.com/items?a=b%20c","httpVersion":"http/2.0","headers":[{"name":":authority","value":"api.example.com"},{"name":":method","value":"POST"},{"name":"authorization","value":"OAuth oauth_consumer_key=\"k\", oauth_signature=\"x%3D\""},{"name":"content-type","value":"application/x-www-form-urlencoded"}],"queryString":[{"name":"a","value":"b%20c"}],"postData":{"mimeType":"application/x-www-form-urlencoded","text":"q=a+b","params":[{"name":"q","value":"a+b"}]}},"response":{"status":401,"statusText":"","headers":[{"name":"www-authenticate","value":"OAuth realm=\"x\""}],"content":{"size":2,"mimeType":"text/plain","text":"bm8=","encoding":"base64"}}}
]}}"#;

/// One entry as Firefox copies it, shortened.
pub(super) const FIREFOX_HAR: &str = r#"{"log":{"version":"1.2","creator":{"name":"Firefox","version":"128.0"},"entries":[{"startedDateTime":"2024-01-01T00:00:00.000+00:00","request":{"bodySize":7,"method":"POST","url":"https://api.example.com/form?oauth_signature=x%3D","httpVersion":"HTTP/2","headers":[{"name":"Host","value":"api.example.com"}],"cookies":[],"queryString":[{"name":"oauth_signature","value":"x="}],"headersSize":500,"postData":{"mimeType":"application/x-www-form-urlencoded","params":[{"name":"q","value":"a b"},{"name":"ü","value":""}],"text":""}},"response":{"status":200,"statusText":"OK","headers":[],"content":{"mimeType":"text/html","size":2,"text":"ok"}}}]}}"#;

/// A request as a proxy logs it.
pub(super) const HTTP_TEXT: &str = "POST /oauth/request_token?b5=%3D%253D&a3=a HTTP/1.1\r\nHost: api.example.com\r\nContent-Type: application/x-www-form-urlencoded\r\nAuthorization: OAuth realm=\"Example\",\r\n     oauth_consumer_key=\"9djdj82h48djs9d2\",\r\n     oauth_signature_method=\"HMAC-SHA1\",\r\n     oauth_timestamp=\"137131201\",\r\n     oauth_nonce=\"7d8f3e4a\",\r\n     oauth_signature=\"bYT5CMsGcbgUdFHObYMEfcx6bsw%3D\"\r\nContent-Length: 6\r\n\r\nc2&a3=HTTP/1.1 401 Unauthorized\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\noauth_problem=signature_invalid&oauth_signature_base_string=POST%26http%253A%252F%252Fh%252F%26a%253Db";

/// What `curl -v` prints.
pub(super) const TRANSCRIPT: &str = "* Connected to h (::1) port 80\n> GET /x?a=1 HTTP/1.1\n> Host: h\n> Authorization: OAuth oauth_nonce='a', oauth_version=1.0\n>\n< HTTP/1.1 401 Unauthorized\n< Date: Sun, 06 Nov 1994 08:49:37 GMT\n<\n<p>oauth_signature [pWRf4W9k9nogID/O90Ng29bR2K0=] does not match expected value [eqJ8zD1bKeUa3InpDyegGDAbSnM=]</p>\n";

/// All of them.
pub(super) const ALL: [&str; 8] = [CHROME_BASH, CHROME_CMD, FIREFOX, POSTMAN, CHROME_HAR, FIREFOX_HAR, HTTP_TEXT, TRANSCRIPT];
