//! A strict reader of TAP 14, written after its specification and not after our writer: whatever it does not know is an error.

/// A test point.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) ok: bool,
    pub(super) description: String,
    /// `SKIP` or `TODO`, and its reason.
    pub(super) directive: Option<(String, String)>,
    /// The YAML block: keys with values that are JSON.
    pub(super) diagnostics: Vec<(String, serde_json::Value)>,
    pub(super) subtest: Option<Vec<Point>>,
}

/// The points of a document, and why it bails out, if it does.
pub(super) fn read(text: &str) -> Result<(Vec<Point>, Option<String>), String> {
    let mut lines: Vec<&str> = text.strip_suffix('\n').ok_or("no line end at the end")?.split('\n').collect();
    if lines.first() != Some(&"TAP version 14") {
        return Err(format!("no version: {:?}", lines.first()));
    }
    lines.remove(0);
    let bails = lines.iter().position(|line| line.starts_with("Bail out!"));
    let reason = bails.map(|at| lines.split_off(at)).map(|lines| lines[0]["Bail out!".len()..].trim().to_owned());
    Ok((points(&lines)?, reason))
}

fn points(lines: &[&str]) -> Result<Vec<Point>, String> {
    let (mut points, mut plan, mut subtest): (Vec<Point>, _, Option<Vec<&str>>) = (Vec::new(), None, None);
    let mut rest = lines.iter().copied().peekable();
    while let Some(line) = rest.next() {
        if let Some(inner) = line.strip_prefix("    ") {
            subtest.as_mut().ok_or_else(|| format!("an indented line without a subtest: {line:?}"))?.push(inner);
        } else if line == "  ---" {
            let point = points.last_mut().ok_or("a block without a point")?;
            loop {
                let line = rest.next().ok_or("a block without an end")?;
                if line == "  ..." {
                    break;
                }
                let (key, value) = line.strip_prefix("  ").and_then(|line| line.split_once(": ")).ok_or_else(|| format!("{line:?}"))?;
                if point.diagnostics.iter().any(|(known, _)| known == key) {
                    return Err(format!("the key {key} twice"));
                }
                let value = serde_json::from_str(value).map_err(|error| format!("{line:?}: {error}"))?;
                point.diagnostics.push((key.to_owned(), value));
            }
        } else if line.starts_with("# Subtest: ") {
            subtest = Some(Vec::new());
        } else if let Some(number) = line.strip_prefix("1..") {
            let number = number.split(" # ").next().unwrap_or_default();
            if plan.replace(number.parse::<usize>().map_err(|_| format!("{line:?}"))?).is_some() {
                return Err("two plans".to_owned());
            }
        } else {
            let mut point = point(line, points.len() + 1)?;
            point.subtest = subtest.take().map(|lines| self::points(&lines)).transpose()?;
            points.push(point);
        }
    }
    if plan == Some(points.len()) { Ok(points) } else { Err(format!("a plan of {plan:?} for {} points", points.len())) }
}

fn point(line: &str, number: usize) -> Result<Point, String> {
    let (ok, rest) = match line.strip_prefix("ok ") {
        Some(rest) => (true, rest),
        None => (false, line.strip_prefix("not ok ").ok_or_else(|| format!("no line of TAP: {line:?}"))?),
    };
    let rest = rest.strip_prefix(&format!("{number} - ")).ok_or_else(|| format!("not number {number}: {line:?}"))?;
    let (description, directive) = unescaped(rest)?;
    Ok(Point { ok, description, directive, ..Point::default() })
}

/// The description, and the directive behind the first `#` that no backslash escapes.
fn unescaped(text: &str) -> Result<(String, Option<(String, String)>), String> {
    let (mut parts, mut letters) = (vec![String::new()], text.chars());
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some(escaped @ ('\\' | '#')) => parts.last_mut().unwrap().push(escaped),
                other => return Err(format!("an escape of {other:?} in {text:?}")),
            },
            '#' => parts.push(String::new()),
            letter => parts.last_mut().unwrap().push(letter),
        }
    }
    match parts.as_slice() {
        [description] => Ok((description.clone(), None)),
        [description, directive] => {
            let (word, reason) = directive.trim_start().split_once(' ').ok_or_else(|| format!("{text:?}"))?;
            if !matches!(word, "SKIP" | "TODO") {
                return Err(format!("no directive: {word:?}"));
            }
            Ok((description.trim_end().to_owned(), Some((word.to_owned(), reason.to_owned()))))
        }
        _ => Err(format!("two directives in {text:?}")),
    }
}
