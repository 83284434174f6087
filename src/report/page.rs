//! A page of text for people: lines of at most a given width, foreign text escaped, values wrapped where they are too long.

use super::escape;
use super::mark::mark;
use super::paint::{Colour, Tone};

/// How a page is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Columns; fewer than 40 count as 40.
    pub width: usize,
    /// Whether to colour.
    pub colour: Colour,
}

impl Default for Layout {
    fn default() -> Layout {
        Layout { width: 80, colour: Colour::Off }
    }
}

/// The most octets of one value that are shown; a longer one loses its middle.
const MAX_VALUE: usize = 8 * 1024;
/// The fewest columns that are left for what is wrapped.
const LEAST_ROOM: usize = 16;

pub(super) struct Page {
    out: String,
    layout: Layout,
}

impl Page {
    pub(super) fn new(layout: Layout) -> Page {
        Page { out: String::new(), layout: Layout { width: layout.width.max(40), ..layout } }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    pub(super) fn width(&self) -> usize {
        self.layout.width
    }

    pub(super) fn blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// A line in one tone; its text must be harmless already.
    pub(super) fn toned(&mut self, tone: Tone, text: &str) {
        let painted = self.paint(tone, text);
        self.raw(&painted);
    }

    /// A line that is composed already.
    pub(super) fn raw(&mut self, line: &str) {
        let line = line.trim_end();
        let said = line.trim_start_matches(' ');
        // The log of a job on GitHub obeys a line that begins so, wherever it comes from.
        if said.starts_with("::") || said.starts_with("##[") {
            let (indent, said) = line.split_at(line.len() - said.len());
            let (first, rest) = said.split_at(1);
            self.out.push_str(&format!("{indent}{}{rest}", if first == ":" { "\\u{3a}" } else { "\\u{23}" }));
        } else {
            self.out.push_str(line);
        }
        self.out.push('\n');
    }

    pub(super) fn paint(&self, tone: Tone, text: &str) -> String {
        self.layout.colour.paint(tone, text)
    }

    /// Running text, escaped and wrapped at blanks.
    pub(super) fn text(&mut self, indent: usize, text: &str) {
        self.labelled(indent, "", text);
    }

    /// A heading, escaped and wrapped at blanks.
    pub(super) fn heading(&mut self, text: &str) {
        let lines = wrapped(&escape::line(text), self.layout.width);
        lines.iter().for_each(|line| self.toned(Tone::Heading, line));
    }

    /// A label and running text beside it, wrapped below itself. A label that leaves it no room stands above it.
    pub(super) fn labelled(&mut self, indent: usize, label: &str, text: &str) {
        if self.is_crowded(indent, label) {
            self.above(indent, label);
            return self.labelled(indent + 4, "", text);
        }
        let hang = indent + label.chars().count();
        let room = self.layout.width.saturating_sub(hang).max(LEAST_ROOM);
        for (number, line) in wrapped(&escape::line(text), room).into_iter().enumerate() {
            let lead = if number == 0 { label } else { "" };
            let column = if number == 0 { indent } else { hang };
            self.raw(&format!("{:column$}{lead}{line}", ""));
        }
    }

    /// The same behind a mark of one column.
    pub(super) fn marked(&mut self, indent: usize, (tone, mark): (Tone, &str), label: &str, text: &str) {
        let from = self.out.len();
        self.labelled(indent, &format!("{mark} {label}"), text);
        let painted = self.paint(tone, mark);
        let own = self.out.split_off(from).replacen(mark, &painted, 1);
        self.out.push_str(&own);
    }

    fn is_crowded(&self, indent: usize, label: &str) -> bool {
        !label.is_empty() && indent + label.chars().count() + LEAST_ROOM > self.layout.width
    }

    /// A label on lines of its own.
    fn above(&mut self, indent: usize, label: &str) {
        let room = self.layout.width.saturating_sub(indent).max(LEAST_ROOM);
        let words: Vec<&str> = label.split_whitespace().collect();
        for line in wrapped(&words.join(" "), room) {
            self.raw(&format!("{:indent$}{line}", ""));
        }
    }

    /// A value, wrapped after any character; in quotes unless it is all visible ASCII. A label that leaves it no room stands above it.
    pub(super) fn value(&mut self, indent: usize, label: &str, octets: &[u8]) {
        if self.is_crowded(indent, label) {
            self.above(indent, label);
            return self.value(indent + 4, "", octets);
        }
        let (beginning, rest) = octets.split_at(octets.len().min(MAX_VALUE));
        let text = escape::shown(beginning);
        let hang = indent + label.chars().count();
        let room = self.layout.width.saturating_sub(hang).max(LEAST_ROOM);
        let letters: Vec<char> = text.chars().collect();
        for (number, line) in letters.chunks(room).enumerate() {
            let lead = if number == 0 { label } else { "" };
            let column = if number == 0 { indent } else { hang };
            self.raw(&format!("{:column$}{lead}{}", "", line.iter().collect::<String>()));
        }
        if !rest.is_empty() {
            self.raw(&format!("{:hang$}… {} octets more", "", rest.len()));
        }
    }

    /// Expected and observed below each other, with carets under what differs.
    pub(super) fn compared(&mut self, indent: usize, expected: &[u8], observed: &[u8]) {
        let room = self.layout.width.saturating_sub(indent + 11).max(LEAST_ROOM);
        let (wanted, given) = mark(expected, observed, room);
        for (label, marked, octets) in [("expected", &wanted, expected), ("observed", &given, observed)] {
            let differing = self.paint(Tone::Mark, &marked.differing);
            // Quotes would stand in the way of what is cut off.
            let quote = if needs_quotes(octets) { "\"" } else { "" };
            self.raw(&format!("{:indent$}{label}  {quote}{}{differing}{}{quote}", "", marked.before, marked.behind));
            self.toned(Tone::Bad, &marked.carets(indent + 10 + quote.len()));
        }
    }
}

fn needs_quotes(octets: &[u8]) -> bool {
    octets.is_empty() || octets.first().is_some_and(u8::is_ascii_whitespace) || octets.last().is_some_and(u8::is_ascii_whitespace)
}

/// Cuts text into lines at blanks; a word that is longer than a line is cut anywhere.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut columns = 0;
    for word in text.split(' ') {
        let mut rest: Vec<char> = word.chars().collect();
        let gap = usize::from(columns > 0);
        if columns + gap + rest.len() > width && columns > 0 {
            lines.push(String::new());
            columns = 0;
        }
        loop {
            let room = width - columns - usize::from(columns > 0);
            let taken: String = rest.drain(..rest.len().min(room)).collect();
            if let Some(line) = lines.last_mut() {
                if columns > 0 {
                    line.push(' ');
                }
                line.push_str(&taken);
                columns = line.chars().count();
            }
            if rest.is_empty() {
                break;
            }
            lines.push(String::new());
            columns = 0;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(width: usize, write: impl FnOnce(&mut Page)) -> String {
        let mut page = Page::new(Layout { width, colour: Colour::Off });
        write(&mut page);
        page.finish()
    }

    #[test]
    fn text_is_wrapped_below_itself() {
        let text = page(40, |page| page.labelled(2, "source  ", "RFC 5849 section 3.4.1.2, https://www.rfc-editor.org/rfc/rfc5849"));
        assert_eq!(text, "  source  RFC 5849 section 3.4.1.2,\n          https://www.rfc-editor.org/rfc\n          /rfc5849\n");
        assert_eq!(page(40, |page| page.text(0, "a  b\u{1b}[2J")), "a  b\\u{1b}[2J\n");
    }

    #[test]
    fn no_line_begins_with_a_command_to_whoever_keeps_the_log() {
        let text = page(40, |page| {
            page.text(2, "::error::x and a text that is wrap ::warning::y");
            page.value(0, "", b"##[error]z");
        });
        assert!(text.starts_with("  \\u{3a}:error::x "), "{text}");
        assert!(text.lines().all(|line| !line.trim_start().starts_with("::") && !line.starts_with("##[")), "{text}");
        assert!(text.contains("\\u{3a}:warning::y") && text.ends_with("\\u{23}#[error]z\n"), "{text}");
    }

    #[test]
    fn values_are_wrapped_anywhere_and_bounded() {
        let text = page(40, |page| page.value(4, "", &[b'x'; 80]));
        assert!(text.lines().all(|line| line.starts_with("    x") && line.len() <= 40));
        assert_eq!(text.matches('x').count(), 80);
        let long = page(80, |page| page.value(0, "", &[b'x'; MAX_VALUE + 5]));
        assert!(long.ends_with("… 5 octets more\n"));
    }

    #[test]
    fn a_long_label_leaves_its_value_room() {
        let text = page(40, |page| page.value(2, &format!("{} = ", "n".repeat(50)), b"v"));
        assert_eq!(text, format!("  {}\n  {} =\n      v\n", "n".repeat(38), "n".repeat(12)));
        assert_eq!(page(40, |page| page.value(2, "name = ", b"v")), "  name = v\n");
        let text = page(40, |page| page.marked(2, (Tone::Good, "✓"), &format!("{:<34} refused ", "rt.method"), "the method is POST"));
        assert_eq!(text, "  ✓ rt.method refused\n      the method is POST\n");
        assert_eq!(page(40, |page| page.marked(2, (Tone::Good, "✓"), "rt.method ", "the method")), "  ✓ rt.method the method\n");
    }

    #[test]
    fn a_long_heading_is_wrapped_and_a_mark_alone_is_coloured() {
        let text = page(40, |page| page.heading("access_token  GET https://provider.example/\u{1b}access"));
        assert!(text.lines().count() == 2 && text.lines().all(|line| line.len() <= 40), "{text}");
        let mut coloured = Page::new(Layout { width: 80, colour: Colour::On });
        coloured.marked(0, (Tone::Bad, "✗"), "id ", "✗ is no mark");
        let text = coloured.finish();
        assert!(text.ends_with(" id ✗ is no mark\n") && text.starts_with('\u{1b}'), "{text:?}");
    }

    #[test]
    fn a_comparison_has_its_carets_in_the_right_columns() {
        let text = page(80, |page| page.compared(2, b"http://h/", b"http://h:80/"));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "  expected  http://h/");
        assert_eq!(lines[2], "  observed  http://h:80/");
        assert_eq!(lines[3].find('^'), lines[2].find(":80"));
        assert_eq!(lines[3].trim(), "^^^");
        assert_eq!(lines[1].trim(), "^");
    }
}
