//! How to do it right in common languages, room by room of the table. Lines of code, not libraries: whoever reads this repairs a signer.

/// Language and code.
pub type Lines = &'static [(&'static str, &'static str)];

const ENCODE: Lines = &[
    ("JavaScript", "encodeURIComponent(s).replace(/[!'()*]/g, c => '%' + c.charCodeAt(0).toString(16).toUpperCase())"),
    ("Python", "urllib.parse.quote(s, safe='')  # before 3.7: safe='~'"),
    ("PHP", "rawurlencode($s)  // since 5.3"),
    ("Java", "URLEncoder.encode(s, UTF_8).replace(\"+\", \"%20\").replace(\"*\", \"%2A\").replace(\"%7E\", \"~\")"),
    ("C#", "Uri.EscapeDataString(s)  // since .NET 4.5; not HttpUtility.UrlEncode"),
    ("Go", "strings.ReplaceAll(url.QueryEscape(s), \"+\", \"%20\")"),
    ("Ruby", "ERB::Util.url_encode(s)  # since 2.5; not CGI.escape"),
    ("Perl", "uri_escape_utf8($s, '^A-Za-z0-9\\-._~')"),
    ("Swift", "s.addingPercentEncoding(withAllowedCharacters: the 66 unreserved characters, not .urlQueryAllowed)"),
    ("Rust", "percent_encoding::utf8_percent_encode(s, NON_ALPHANUMERIC without -._~)"),
];

const ORDER: Lines = &[
    ("JavaScript", "pairs.sort((a, b) => a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0)  // encoded"),
    ("Python", "sorted((encode(n), encode(v)) for n, v in pairs)"),
    ("PHP", "usort($pairs, fn($a, $b) => strcmp($a[0], $b[0]) ?: strcmp($a[1], $b[1]));  // encoded; not ksort, not sort"),
    ("Java", "pairs.sort(comparing(Pair::name).thenComparing(Pair::value))  // encoded, so plain ASCII"),
    ("C#", "pairs.OrderBy(p => p.Name, StringComparer.Ordinal).ThenBy(p => p.Value, StringComparer.Ordinal)"),
    ("Go", "sort.Slice(p, func(i, j int) bool { return p[i].n < p[j].n || p[i].n == p[j].n && p[i].v < p[j].v })"),
    ("Ruby", "pairs.map { |n, v| [encode(n), encode(v)] }.sort"),
];

const KEY: Lines = &[
    ("any", "key = encode(client_secret) + \"&\" + encode(token_secret or \"\")"),
    ("any", "the & is there also when there is no token secret; both secrets are encoded, the & is not"),
];

const TEXT: Lines = &[
    ("JavaScript", "crypto.createHmac('sha1', key).update(base).digest('base64')"),
    ("Python", "base64.b64encode(hmac.new(key, base, hashlib.sha1).digest()).decode()"),
    ("PHP", "base64_encode(hash_hmac('sha1', $base, $key, true))  // true: octets, not hexadecimal digits"),
    ("Java", "Base64.getEncoder().encodeToString(mac.doFinal(base.getBytes(UTF_8)))  // not getUrlEncoder"),
    ("Go", "base64.StdEncoding.EncodeToString(mac.Sum(nil))"),
    ("Ruby", "Base64.strict_encode64(OpenSSL::HMAC.digest('SHA1', key, base))"),
];

const URI: Lines = &[
    ("JavaScript", "new URL(u) lower-cases host and scheme and drops the default port; take origin + pathname of what is really requested"),
    ("Python", "p = urlsplit(u); host = p.hostname, port = p.port unless it is the default; path = p.path or '/'"),
    ("PHP", "parse_url does not lower-case: strtolower for scheme and host, port unless it is 80 or 443 for its scheme"),
    ("Java", "URI.getRawPath(), not getPath(); scheme and host toLowerCase(Locale.ROOT)"),
    ("Go", "u.EscapedPath(), not u.Path; strings.ToLower(u.Host), without :80 or :443 of its scheme"),
    ("C#", "uri.GetComponents(UriComponents.Path, UriFormat.UriEscaped); uri.IsDefaultPort"),
];

const SEND: Lines =
    &[("any", "header = 'OAuth ' + join(', ', name + '=\"' + encode(value) + '\"'): every value encoded once, the signature too")];

/// The lines for a cause by its id.
#[must_use]
pub fn of(id: &str) -> Option<Lines> {
    Some(match id.split('.').next()? {
        "encode" => ENCODE,
        "order" => ORDER,
        "key" | "secret" => KEY,
        "mac" | "text" => TEXT,
        "uri" => URI,
        "send" | "sending" => SEND,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooms_have_lines_and_unknown_ones_have_none() {
        assert!(of("encode.space-as-plus").is_some_and(|lines| lines.iter().any(|(language, _)| *language == "Go")));
        assert_eq!(of("nothing.at-all"), None);
    }
}
