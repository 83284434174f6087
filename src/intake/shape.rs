//! The form of a body, told from its content type and its first characters. Providers send forms as `text/html` and pages as
//! `text/plain`, so the characters have the last word.

/// The form of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A page.
    Html,
    /// Another XML document.
    Xml,
    /// A JSON object or array.
    Json,
    /// `name=value` pairs.
    Form,
    /// Anything else.
    Text,
    /// Nothing, or white space.
    Empty,
}

impl Shape {
    /// Reads the form of a body. `content_type` is the field's value, if there is one.
    #[must_use]
    pub fn of(content_type: Option<&str>, body: &str) -> Shape {
        let body = body.trim_start_matches('\u{feff}').trim();
        let starts = |start: &str| body.get(..start.len()).is_some_and(|first| first.eq_ignore_ascii_case(start));
        if body.is_empty() {
            Shape::Empty
        } else if starts("<!doctype html") || starts("<html") {
            Shape::Html
        } else if body.starts_with('<') {
            let html = content_type.is_some_and(|value| value.to_ascii_lowercase().contains("html"));
            if html || !starts("<?xml") && holds_html(body) { Shape::Html } else { Shape::Xml }
        } else if body.starts_with(['{', '[']) {
            Shape::Json
        } else if looks_like_a_form(body) {
            Shape::Form
        } else {
            Shape::Text
        }
    }

    /// Its word in files and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Shape::Html => "html",
            Shape::Xml => "xml",
            Shape::Json => "json",
            Shape::Form => "form",
            Shape::Text => "text",
            Shape::Empty => "empty",
        }
    }
}

fn holds_html(body: &str) -> bool {
    let lower = body.to_ascii_lowercase();
    ["<head", "<body", "<title", "<h1", "<p>"].iter().any(|tag| lower.contains(tag))
}

/// A name of letters, digits and `_ - .`, then `=`, at the very beginning.
fn looks_like_a_form(body: &str) -> bool {
    body.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'_' | b'-' | b'.' | b'%'))
    })
}

/// Where a problem was found in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a WWW-Authenticate field.
    Challenge,
    /// In a field named `oauth_problem`.
    Header,
    /// In the body.
    Body(Shape),
}

impl Place {
    /// Its word in files and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Place::Challenge => "challenge",
            Place::Header => "header",
            Place::Body(shape) => shape.as_str(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_characters_have_the_last_word() {
        for (content_type, body, shape) in [
            (None, "<html><body/></html>", Shape::Html),
            (Some("text/plain"), "\u{feff} <!DOCTYPE html><html>", Shape::Html),
            (Some("text/html"), "oauth_problem=token_rejected", Shape::Form),
            (Some("application/x-www-form-urlencoded"), "", Shape::Empty),
            (Some("text/html"), "<h1>no</h1>", Shape::Html),
            (None, "<h1>no</h1>", Shape::Html),
            (Some("application/xml"), "<error/>", Shape::Xml),
            (None, "<?xml version='1.0'?><p>x</p>", Shape::Xml),
            (None, "{\"error\":1}", Shape::Json),
            (None, "[]", Shape::Json),
            (None, "Failed to validate oauth signature and token", Shape::Text),
            (None, "a b=c", Shape::Text),
            (None, " \r\n", Shape::Empty),
        ] {
            assert_eq!(Shape::of(content_type, body), shape, "{body}");
        }
    }
}
