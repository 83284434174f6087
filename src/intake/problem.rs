//! The problem that an error answer names (problem reporting extension, <http://wiki.oauth.net/w/page/12238543/ProblemReporting>), from
//! wherever a provider puts it.
//!
//! The places are looked at in this order: the WWW-Authenticate field; a field named `oauth_problem` (LinkedIn); a form-encoded body,
//! decoded, so that values may hold blanks (Xero); any other body, as running text (E*TRADE's pages, Yahoo's XML and JSON).

use super::shape::{Place, Shape};
use super::text::{challenge, decoded, pairs};
use crate::protocol::encoding::form_pairs;
use crate::protocol::form_decoded;

/// The longest body that is looked at, in octets; what stands behind is not read.
const MAX_BODY: usize = 256 * 1024;

/// A problem with its companions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The value of `oauth_problem`: a name of the extension's list, or anything else, even a sentence.
    pub name: String,
    /// Where it was found.
    pub place: Place,
    /// The other parameters beside it, decoded, in their order: `oauth_problem_advice`, `oauth_acceptable_timestamps`,
    /// `oauth_parameters_absent`, `oauth_signature_base_string` and their like.
    pub parameters: Vec<(String, String)>,
}

impl Problem {
    /// The first companion with this name.
    #[must_use]
    pub fn companion(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The timestamps that would be taken, in seconds since 1970, both ends included (`min-max`); `None` if they are not told or cut off.
    #[must_use]
    pub fn acceptable_timestamps(&self) -> Option<(u64, u64)> {
        let (from, to) = self.companion("oauth_acceptable_timestamps")?.split_once('-')?;
        let (from, to) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
        (from <= to).then_some((from, to))
    }

    /// The names in `oauth_parameters_absent` or `oauth_parameters_rejected`, joined there by `&`; values behind `=` are dropped.
    #[must_use]
    pub fn parameter_names(&self) -> Vec<String> {
        let lists = ["oauth_parameters_absent", "oauth_parameters_rejected"].into_iter().filter_map(|name| self.companion(name));
        lists
            .flat_map(|list| list.split('&'))
            .map(|pair| decoded(pair.split('=').next().unwrap_or_default().trim()))
            .filter(|name| !name.is_empty())
            .collect()
    }
}

/// What an answer says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorAnswer {
    /// The form of the body.
    pub shape: Shape,
    /// The problem, if one is named.
    pub problem: Option<Problem>,
}

/// Reads an answer: its header fields as name and value, and its body. It never fails; an answer of any status may be given, because
/// some providers refuse with 200.
#[must_use]
pub fn read<'a>(headers: impl IntoIterator<Item = (&'a str, &'a [u8])>, body: &[u8]) -> ErrorAnswer {
    let body = String::from_utf8_lossy(body.get(..MAX_BODY).unwrap_or(body));
    let fields: Vec<(&str, String)> =
        headers.into_iter().map(|(name, value)| (name, String::from_utf8_lossy(value).into_owned())).collect();
    let field =
        |wanted: &'static str| fields.iter().filter(move |(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.as_str());
    let shape = Shape::of(field("content-type").next(), &body);
    let challenged = || field("www-authenticate").find_map(|value| problem(of_challenge(value), Place::Challenge));
    let own_field = || field("oauth_problem").find_map(|value| problem(own(value), Place::Header));
    let in_body = || {
        let found = if shape == Shape::Form { form(&body) } else { pairs(&body) };
        problem(found, Place::Body(shape))
    };
    ErrorAnswer { shape, problem: challenged().or_else(own_field).or_else(in_body) }
}

/// The problem among pairs, if there is one that says anything; the others are its companions.
fn problem(pairs: Vec<(String, String)>, place: Place) -> Option<Problem> {
    let name = pairs.iter().find(|(name, _)| name == "oauth_problem").map(|(_, value)| value.clone()).filter(|name| !name.is_empty())?;
    let parameters = pairs.into_iter().filter(|(name, _)| name != "oauth_problem").collect();
    Some(Problem { name, place, parameters })
}

/// A challenge by its grammar, or as running text where it does not keep it or has no problem in that place.
fn of_challenge(field: &str) -> Vec<(String, String)> {
    challenge(field).filter(|found| found.iter().any(|(name, _)| name == "oauth_problem")).unwrap_or_else(|| pairs(field))
}

/// A field that is the problem itself, or pairs that hold it.
fn own(value: &str) -> Vec<(String, String)> {
    let found = pairs(value);
    if found.is_empty() { vec![("oauth_problem".to_owned(), decoded(value.trim().trim_matches('"')))] } else { found }
}

/// A form, as loosely as it is written: with `&amp;` for `&`, with a byte order mark, with a problem in quotes, or one that holds the next
/// pair because another character than `&` joins them (E*TRADE's comma). The last is read as running text.
fn form(body: &str) -> Vec<(String, String)> {
    let decoded = |octets: &[u8]| String::from_utf8_lossy(&form_decoded(octets)).into_owned();
    let plain = body.trim_start_matches('\u{feff}').trim().replace("&amp;", "&");
    let mut found: Vec<(String, String)> = form_pairs(plain.as_bytes()).map(|(name, value)| (decoded(name), decoded(value))).collect();
    let Some((_, problem)) = found.iter_mut().find(|(name, _)| name == "oauth_problem") else { return found };
    if let Some(inside) = problem.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|inside| !inside.contains('"')) {
        *problem = inside.to_owned();
    }
    let joined = problem.contains("oauth_") && problem.contains('=');
    let text = joined.then(|| pairs(&plain)).filter(|text| text.iter().any(|(name, _)| name == "oauth_problem"));
    text.unwrap_or(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(headers: &[(&str, &str)], body: &str, name: &str, place: &str) -> Problem {
        let answer = read(headers.iter().map(|(name, value)| (*name, value.as_bytes())), body.as_bytes());
        let problem = answer.problem.unwrap();
        assert_eq!((problem.name.as_str(), problem.place.as_str()), (name, place), "{body}");
        problem
    }

    #[test]
    fn a_problem_is_found_wherever_it_stands() {
        let challenge = [("WWW-Authenticate", r#"OAuth realm="https://x", oauth_problem="token_expired""#)];
        reads(&challenge, "", "token_expired", "challenge");
        reads(&challenge, "oauth_problem=other", "token_expired", "challenge");
        reads(&[("Oauth_Problem", "timestamp_refused")], "<error/>", "timestamp_refused", "header");
        reads(&[], "oauth_problem=consumer_key_rejected\n", "consumer_key_rejected", "form");
        reads(&[("Content-Type", "text/html")], "<html>oauth_problem=nonce_used</html>", "nonce_used", "html");
        reads(&[], r#"{"error":"oauth_problem=\"token_rejected\""}"#, "token_rejected", "json");
        reads(&[], "Sorry: oauth_problem=token_used", "token_used", "text");
        reads(&[], "<e>oauth_problem='x_y'</e>", "x_y", "xml");
        reads(&[], "\u{feff}oauth_problem=token_used", "token_used", "form");
        reads(&[("oauth_problem", "")], "oauth_problem=token_used", "token_used", "form");
        reads(&[("WWW-Authenticate", "OAuth oauth_problem=\"\"")], "oauth_problem=token_used", "token_used", "form");
        let basic =
            [("WWW-Authenticate", "Basic realm=\"x\""), ("www-authenticate", "OAuth oauth_problem=token_used&oauth_problem_advice=x")];
        assert_eq!(reads(&basic, "", "token_used", "challenge").companion("oauth_problem_advice"), Some("x"));
    }

    #[test]
    fn a_form_may_hold_a_text() {
        let body = "oauth_problem=timestamp_refused,oauth_acceptable_timestamps=1699999705-1700000305";
        let problem = reads(&[], body, "timestamp_refused", "form");
        assert_eq!(problem.acceptable_timestamps(), Some((1_699_999_705, 1_700_000_305)));
        let problem = reads(&[], "oauth_problem=parameter_absent&amp;oauth_parameters_absent=oauth_nonce", "parameter_absent", "form");
        assert_eq!(problem.parameter_names(), ["oauth_nonce"]);
        let problem = reads(&[], "oauth_problem=token_used\noauth_problem_advice=again", "token_used", "form");
        assert_eq!(problem.companion("oauth_problem_advice"), Some("again"));
        reads(&[], "oauth_problem=\"token_used\"", "token_used", "form");
        reads(&[], "oauth_problem=\"oauth_token\"+is+required", "\"oauth_token\" is required", "form");
        reads(&[], "oauth_problem=Invalid+\"oauth_token\"+given", "Invalid \"oauth_token\" given", "form");
    }

    #[test]
    fn companions_come_decoded() {
        let problem = reads(&[], "oauth_problem=rate%20limit%20exceeded&oauth_problem_advice=please wait", "rate limit exceeded", "form");
        assert_eq!(problem.companion("oauth_problem_advice"), Some("please wait"));
        let problem = reads(
            &[],
            "oauth_problem=parameter_absent&oauth_parameters_absent=oauth_nonce%26oauth_%2574imestamp",
            "parameter_absent",
            "form",
        );
        assert_eq!(problem.parameter_names(), ["oauth_nonce", "oauth_timestamp"]);
        let problem = reads(&[], "oauth_problem=parameter_rejected&oauth_parameters_rejected=a%3D1", "parameter_rejected", "form");
        assert_eq!(problem.parameter_names(), ["a"]);
    }

    #[test]
    fn acceptable_timestamps_are_two_numbers() {
        for (text, expected) in
            [("1-2", Some((1, 2))), ("2-1", None), ("1", None), ("1-", None), ("-1-2", None), ("1-99999999999999999999999", None)]
        {
            let problem = Problem {
                name: "timestamp_refused".to_owned(),
                place: Place::Challenge,
                parameters: vec![("oauth_acceptable_timestamps".to_owned(), text.to_owned())],
            };
            assert_eq!(problem.acceptable_timestamps(), expected, "{text}");
        }
    }

    #[test]
    fn an_answer_without_a_problem_has_none() {
        for body in ["", "oauth_token=a&oauth_token_secret=b", "<html>Number of requests exceeded</html>", "\u{0}\u{ffff}"] {
            assert_eq!(read([], body.as_bytes()).problem, None, "{body}");
        }
        let long = vec![b'<'; 2 * MAX_BODY];
        assert_eq!(read([("content-type", &b"\xff"[..])], &long).problem, None);
    }
}
