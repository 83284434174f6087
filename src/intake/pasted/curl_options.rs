//! The options of `curl` (its manual page, curl 7.88 and what later versions added): which take a value, and which change the request.

/// What an option does to the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing that is signed.
    Nothing,
    /// `-X`.
    Method,
    /// `-H`.
    Header,
    /// `-d` and its like.
    Data(Data),
    /// `-G`.
    Get,
    /// `-I`.
    Head,
    /// `-F`.
    Form,
    /// `-T`.
    Upload,
    /// `-u`.
    User,
    /// `--digest` and its like: `-u` then sends no Basic credentials.
    OtherScheme,
    /// `--oauth2-bearer`.
    Bearer,
    /// A header field of this name.
    Field(&'static str),
    /// `-b`.
    Cookie,
    /// `-r`.
    Range,
    /// `--url`.
    Url,
    /// `--url-query`.
    UrlQuery,
    /// `--path-as-is`.
    PathAsIs,
    /// `-g`.
    GlobOff,
    /// `--next`: another request begins.
    Next,
    /// Something that is not in the command, or cannot be followed here.
    NotFollowed(&'static str),
}

/// The kinds of `-d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Data {
    /// `--data-raw`: as it stands.
    Raw,
    /// `--data`, `--data-binary`: as it stands, but `@` names a file.
    OrFile,
    /// `--data-urlencode`.
    Encoded,
    /// `--json`: `@` names a file too.
    Json,
}

/// An option of `curl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CurlOption {
    pub(super) effect: Effect,
    pub(super) takes_value: bool,
}

const fn flag(effect: Effect) -> Option<CurlOption> {
    Some(CurlOption { effect, takes_value: false })
}

const fn value(effect: Effect) -> Option<CurlOption> {
    Some(CurlOption { effect, takes_value: true })
}

/// The option with this long name, without its dashes.
pub(super) fn long(name: &str) -> Option<CurlOption> {
    match name {
        "request" => value(Effect::Method),
        "header" => value(Effect::Header),
        "data" | "data-ascii" | "data-binary" => value(Effect::Data(Data::OrFile)),
        "data-raw" => value(Effect::Data(Data::Raw)),
        "data-urlencode" => value(Effect::Data(Data::Encoded)),
        "json" => value(Effect::Data(Data::Json)),
        "get" => flag(Effect::Get),
        "head" => flag(Effect::Head),
        "form" | "form-string" => value(Effect::Form),
        "upload-file" => value(Effect::Upload),
        "user" => value(Effect::User),
        "anyauth" | "digest" | "negotiate" | "ntlm" | "ntlm-wb" => flag(Effect::OtherScheme),
        "oauth2-bearer" => value(Effect::Bearer),
        "user-agent" => value(Effect::Field("User-Agent")),
        "referer" => value(Effect::Field("Referer")),
        "cookie" => value(Effect::Cookie),
        "range" => value(Effect::Range),
        "url" => value(Effect::Url),
        "url-query" => value(Effect::UrlQuery),
        "path-as-is" => flag(Effect::PathAsIs),
        "globoff" => flag(Effect::GlobOff),
        "next" => flag(Effect::Next),
        "config" => value(Effect::NotFollowed("the file of --config was not read")),
        "request-target" => value(Effect::NotFollowed("--request-target was not followed; the URL was taken")),
        "proto-default" => value(Effect::NotFollowed("--proto-default was not followed")),
        "disable" => flag(Effect::Nothing),
        _ if WITHOUT_VALUE.split_ascii_whitespace().any(|known| known == name) => flag(Effect::Nothing),
        _ if WITH_VALUE.split_ascii_whitespace().any(|known| known == name) => value(Effect::Nothing),
        // Any flag can be turned off.
        _ => name.strip_prefix("no-").and_then(long).filter(|option| !option.takes_value).and(flag(Effect::Nothing)),
    }
}

/// The option with this letter.
pub(super) fn short(letter: u8) -> Option<CurlOption> {
    match letter {
        b'X' => long("request"),
        b'H' => long("header"),
        b'd' => long("data"),
        b'G' => long("get"),
        b'I' => long("head"),
        b'F' => long("form"),
        b'T' => long("upload-file"),
        b'u' => long("user"),
        b'A' => long("user-agent"),
        b'e' => long("referer"),
        b'b' => long("cookie"),
        b'r' => long("range"),
        b'g' => long("globoff"),
        b'K' => long("config"),
        b':' => long("next"),
        b'#'
        | b'0'..=b'6'
        | b'B'
        | b'J'
        | b'L'
        | b'M'
        | b'N'
        | b'O'
        | b'R'
        | b'S'
        | b'V'
        | b'Z'
        | b'a'
        | b'f'
        | b'i'
        | b'j'
        | b'k'
        | b'l'
        | b'n'
        | b'p'
        | b'q'
        | b's'
        | b'v' => flag(Effect::Nothing),
        b'C' | b'D' | b'E' | b'P' | b'Q' | b'U' | b'Y' | b'c' | b'h' | b'm' | b'o' | b't' | b'w' | b'x' | b'y' | b'z' => {
            value(Effect::Nothing)
        }
        _ => None,
    }
}

/// Long options without a value that change nothing that is signed.
const WITHOUT_VALUE: &str = "
    append basic ca-native cert-status compressed compressed-ssh create-dirs crlf disable-eprt disable-epsv disallow-username-in-url
    doh-cert-status doh-insecure dump-ca-embed fail fail-early fail-with-body false-start follow form-escape ftp-create-dirs ftp-pasv
    ftp-pret ftp-skip-pasv-ip ftp-ssl-ccc ftp-ssl-control haproxy-protocol http0.9 http1.0 http1.1 http2 http2-prior-knowledge http3
    http3-only ignore-content-length include insecure ipv4 ipv6 junk-session-cookies list-only location location-trusted
    mail-rcpt-allowfails manual metalink mptcp netrc netrc-optional no-alpn no-buffer no-clobber no-keepalive no-npn no-progress-meter
    no-sessionid out-null parallel parallel-immediate post301 post302 post303 progress-bar proxy-anyauth proxy-basic proxy-ca-native
    proxy-digest proxy-http2 proxy-insecure proxy-negotiate proxy-ntlm proxy-ssl-allow-beast proxy-ssl-auto-client-cert proxy-tlsv1
    proxytunnel raw remote-header-name remote-name remote-name-all remote-time remove-on-error retry-all-errors retry-connrefused
    sasl-ir show-error silent skip-existing socks5-basic socks5-gssapi socks5-gssapi-nec ssl ssl-allow-beast ssl-auto-client-cert
    ssl-no-revoke ssl-reqd ssl-revoke-best-effort sslv2 sslv3 styled-output suppress-connect-headers tcp-fastopen tcp-nodelay
    tftp-no-options tls-earlydata tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 tr-encoding trace-ids trace-time use-ascii verbose version xattr";

/// Long options with a value that change nothing that is signed.
const WITH_VALUE: &str = "
    abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers connect-timeout connect-to continue-at cookie-jar
    create-file-mode crlfile curves delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header ech egd-file
    engine etag-compare etag-save expect100-timeout ftp-account ftp-alternative-to-user ftp-method ftp-port ftp-ssl-ccc-mode
    happy-eyeballs-timeout-ms haproxy-clientip help hostpubmd5 hostpubsha256 hsts interface ip-tos ipfs-gateway keepalive-cnt
    keepalive-time key key-type krb libcurl limit-rate local-port login-options mail-auth mail-from mail-rcpt max-filesize max-redirs
    max-time netrc-file noproxy output output-dir parallel-max parallel-max-host pass pinnedpubkey preproxy proto proto-redir proxy
    proxy-cacert proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass
    proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user proxy1.0
    pubkey quote random-file rate resolve retry retry-delay retry-max-time sasl-authzid service-name sigalgs socks4 socks4a socks5
    socks5-gssapi-service socks5-hostname speed-limit speed-time ssl-sessions stderr telnet-option tftp-blksize time-cond tls-max
    tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket upload-flags variable vlan-priority
    write-out";
