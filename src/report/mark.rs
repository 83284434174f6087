//! Two values beside each other, with the octets that differ marked: the part between what both begin with and what both end with.

use super::escape::{Glyph, glyphs};

/// How many columns before the difference are shown of a value that is too long.
const CONTEXT: usize = 24;

/// A value on one line, the columns that differ, and whether something was left out before or behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Marked {
    /// The text before the difference.
    pub(super) before: String,
    /// The difference; may be empty, if the other side has more here.
    pub(super) differing: String,
    /// The text behind it.
    pub(super) behind: String,
}

impl Marked {
    /// A line of blanks and carets to stand below the value, `indent` columns in. An empty difference gets one caret where the other
    /// side has more.
    pub(super) fn carets(&self, indent: usize) -> String {
        let columns = |text: &str| text.chars().count();
        format!("{}{}", " ".repeat(indent + columns(&self.before)), "^".repeat(columns(&self.differing).max(1)))
    }
}

/// Expected and observed in at most `width` columns each.
pub(super) fn mark(expected: &[u8], observed: &[u8], width: usize) -> (Marked, Marked) {
    let (left, right): (Vec<Glyph>, Vec<Glyph>) = (glyphs(expected).collect(), glyphs(observed).collect());
    let common = |mut pairs: Box<dyn Iterator<Item = (&Glyph, &Glyph)> + '_>, most: usize| {
        pairs.by_ref().take(most).take_while(|(left, right)| left == right).count()
    };
    let shorter = left.len().min(right.len());
    let prefix = common(Box::new(left.iter().zip(&right)), shorter);
    let suffix = common(Box::new(left.iter().rev().zip(right.iter().rev())), shorter - prefix);
    let start = first_shown(&left, &right, prefix, width);
    let cut = |glyphs: &[Glyph]| window(glyphs, start, prefix, glyphs.len() - suffix, width);
    (cut(&left), cut(&right))
}

/// The first glyph that is shown: 0 if both values fit.
fn first_shown(left: &[Glyph], right: &[Glyph], prefix: usize, width: usize) -> usize {
    let fits = |glyphs: &[Glyph]| {
        let mut rest = width;
        glyphs.iter().all(|glyph| {
            let columns = glyph.columns();
            let fits = columns <= rest;
            rest = rest.saturating_sub(columns);
            fits
        })
    };
    if fits(left) && fits(right) {
        return 0;
    }
    let mut room = CONTEXT.min(width / 2);
    let shown = left.iter().take(prefix).rev().take_while(|glyph| {
        let columns = glyph.columns();
        let fits = columns <= room;
        room = room.saturating_sub(columns);
        fits
    });
    prefix - shown.count()
}

fn window(glyphs: &[Glyph], start: usize, from: usize, to: usize, width: usize) -> Marked {
    let mut marked = Marked { before: String::new(), differing: String::new(), behind: String::new() };
    if start > 0 {
        marked.before.push('…');
    }
    let mut room = width.saturating_sub(2);
    for (index, glyph) in glyphs.iter().enumerate().skip(start) {
        let part = match index {
            index if index < from => &mut marked.before,
            index if index < to => &mut marked.differing,
            _ => &mut marked.behind,
        };
        let columns = glyph.columns();
        let is_last = index + 1 == glyphs.len();
        if columns > room && !(is_last && columns <= room + 1) {
            marked.behind.push('…');
            break;
        }
        room = room.saturating_sub(columns);
        glyph.write(part);
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(expected: &str, observed: &str, width: usize) -> [String; 2] {
        let (left, right) = mark(expected.as_bytes(), observed.as_bytes(), width);
        let show = |marked: &Marked| format!("{}[{}]{}", marked.before, marked.differing, marked.behind);
        [show(&left), show(&right)]
    }

    #[test]
    fn what_differs_lies_between_common_ends() {
        assert_eq!(shown("http://h/", "http://h:80/", 40), ["http://h[]/", "http://h[:80]/"]);
        assert_eq!(shown("a%2Bb", "a%2bb", 40), ["a%2[B]b", "a%2[b]b"]);
        assert_eq!(shown("aaa", "aaaa", 40), ["aaa[]", "aaa[a]"]);
        assert_eq!(shown("x", "", 40), ["[x]", "[]"]);
        assert_eq!(shown("é", "e\u{301}", 40), ["[é]", "[e\\u{301}]"]);
    }

    #[test]
    fn long_values_are_cut_around_the_difference() {
        let (long, tail) = ("a".repeat(100), "b".repeat(100));
        let [left, right] = shown(&format!("{long}X{tail}"), &format!("{long}Y{tail}"), 40);
        assert_eq!(left, format!("…{}[X]{}…", "a".repeat(20), "b".repeat(17)));
        assert_eq!(left.chars().count(), right.chars().count());
        for [left, right] in [shown(&long, &tail, 40), shown("a", &long, 40)] {
            assert!(left.chars().count() <= 42 && right.chars().count() <= 42, "{left} {right}");
        }
    }

    #[test]
    fn carets_stand_below_what_differs() {
        let (left, right) = mark(b"ab", b"a\nb", 40);
        assert_eq!((left.carets(2), right.carets(0)), ("   ^".to_owned(), " ^^".to_owned()));
    }

    #[test]
    fn any_width_will_do() {
        for width in 0..12 {
            let (left, right) = mark("0123456789\u{202e}x".as_bytes(), b"0123456789y", width);
            assert!(left.before.chars().count() <= width + 2, "{left:?} {right:?}");
        }
    }
}
