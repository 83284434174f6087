//! Encoders of other languages and libraries, octet by octet: which octets stay as they are, and how the others are written. The sets are
//! those of the `percent-encoding` crate, so that they do not lean on this project's own encoder.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::protocol::Buffer;

/// How an encoder treats octets. What is beyond ASCII is always escaped.
pub(in crate::deviation) struct Style {
    escaped: AsciiSet,
    /// A space is written as `+`.
    plus: bool,
    /// Escapes have lower-case hexadecimal digits.
    lower: bool,
}

impl Style {
    /// Letters, digits and these stay; the rest becomes `%XX`.
    const fn keeping(kept: &[u8]) -> Style {
        let mut escaped = NON_ALPHANUMERIC.add(b'%');
        let mut index = 0;
        while index < kept.len() {
            escaped = escaped.remove(kept[index]);
            index += 1;
        }
        Style { escaped, plus: false, lower: false }
    }

    const fn with_plus(mut self) -> Style {
        self.plus = true;
        self
    }

    const fn in_lower_case(mut self) -> Style {
        self.lower = true;
        self
    }

    /// Letters and digits become escapes too.
    const fn of_nothing() -> Style {
        let mut style = Style::keeping(b"");
        let mut octet = 0;
        while octet < 0x80 {
            style.escaped = style.escaped.add(octet);
            octet += 1;
        }
        style
    }

    pub(in crate::deviation) fn encode(&'static self, text: &[u8], out: &mut Buffer) {
        for piece in percent_encode(text, &self.escaped) {
            match piece.as_bytes() {
                b"%20" if self.plus => out.push(b'+'),
                [b'%', high, low] if self.lower => out.append(&[b'%', high.to_ascii_lowercase(), low.to_ascii_lowercase()]),
                piece => out.append(piece),
            }
        }
    }
}

macro_rules! styles {
    ($($(#[$doc:meta])* $name:ident = $style:expr;)*) => {
        $($(#[$doc])* pub(in crate::deviation) static $name: Style = $style;)*
    };
}

styles! {
    SPACE_PLUS = Style::keeping(b"-._~").with_plus();
    MARKS_KEPT = Style::keeping(b"-._~!*'()");
    MARKS_KEPT_PLUS = Style::keeping(b"-._~!*'()").with_plus();
    MARKS_BUT_STAR_KEPT = Style::keeping(b"-._~!'()");
    STAR_KEPT = Style::keeping(b"-._~*");
    TILDE = Style::keeping(b"-._");
    STAR_KEPT_TILDE = Style::keeping(b"-._*");
    FORM = Style::keeping(b"-._*").with_plus();
    FORM_STAR = Style::keeping(b"-._").with_plus();
    RFC_1738 = Style::keeping(b"-._~()").with_plus();
    LOWER_HEX = Style::keeping(b"-._~").in_lower_case();
    HTTP_UTILITY = Style::keeping(b"-._!*()").with_plus().in_lower_case();
    WEB_UTILITY = Style::keeping(b"-._!*()").with_plus();
    RESERVED_KEPT = Style::keeping(b"-._~!*'();,/?:@&=+$#");
    RESERVED_AND_BRACKETS_KEPT = Style::keeping(b"-._~!*'();,/?:@&=+$[]");
    SLASH_KEPT = Style::keeping(b"-._~/");
    SLASH_KEPT_TILDE = Style::keeping(b"-._/");
    COMMA_KEPT = Style::keeping(b"-._~,");
    COLON_SLASH_KEPT = Style::keeping(b"-._~:/");
    PATH_SEGMENT = Style::keeping(b"-._~$&+:=@");
    QUERY_ALLOWED = Style::keeping(b"-._~!$&'()*+,/:;=?@");
    HOST_ALLOWED = Style::keeping(b"-._~!$&'()*+,:;=[]");
    PATH_ALLOWED = Style::keeping(b"-._~!$&'()*+,/:=@");
    USER_ALLOWED = Style::keeping(b"-._~!$&'()*+,;=");
    QUERY_PARAMETER = Style::keeping(b"-._~!$'()*+,;:@/?");
    WHATWG_QUERY = Style::keeping(b"-._~!$%&()*+,/:;=?@[\\]^`{|}");
    UNDERSCORE_ONLY = Style::keeping(b"_").in_lower_case();
    DOT_DASH = Style::keeping(b"~");
    ALPHANUMERIC_ONLY = Style::keeping(b"");
    EVERYTHING = Style::of_nothing();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(style: &'static Style, text: &str) -> String {
        let mut out = Buffer::default();
        style.encode(text.as_bytes(), &mut out);
        String::from_utf8(out.to_vec()).unwrap()
    }

    /// The outputs were computed by running the languages' own functions, or are printed in their documentation: Python 3.11
    /// `quote_plus` and `quote`, Node 20 `encodeURIComponent`, `encodeURI` and `URLSearchParams`, OpenJDK 17 `URLEncoder`.
    #[test]
    fn styles_encode_as_the_languages_do() {
        let text = " !\"#$%&'()*+,-./:;=?@[]_~é";
        for (style, expected) in [
            (&SPACE_PLUS, "+%21%22%23%24%25%26%27%28%29%2A%2B%2C-.%2F%3A%3B%3D%3F%40%5B%5D_~%C3%A9"),
            (&SLASH_KEPT, "%20%21%22%23%24%25%26%27%28%29%2A%2B%2C-./%3A%3B%3D%3F%40%5B%5D_~%C3%A9"),
            (&MARKS_KEPT, "%20!%22%23%24%25%26'()*%2B%2C-.%2F%3A%3B%3D%3F%40%5B%5D_~%C3%A9"),
            (&RESERVED_KEPT, "%20!%22#$%25&'()*+,-./:;=?@%5B%5D_~%C3%A9"),
            (&FORM, "+%21%22%23%24%25%26%27%28%29*%2B%2C-.%2F%3A%3B%3D%3F%40%5B%5D_%7E%C3%A9"),
            (&LOWER_HEX, "%20%21%22%23%24%25%26%27%28%29%2a%2b%2c-.%2f%3a%3b%3d%3f%40%5b%5d_~%c3%a9"),
        ] {
            assert_eq!(encoded(style, text), expected);
        }
        assert_eq!(encoded(&EVERYTHING, "1234"), "%31%32%33%34");
    }
}
