//! `countersign adapter new`: a working skeleton of an adapter. It signs with PLAINTEXT and passes; its author puts a library in.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::super::fail::Fail;
use super::super::files;
use super::super::output::{self, Outcome};
use crate::judgement::ExitCode;

/// Write a working skeleton of an adapter.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The programming language
    #[arg(value_name = "LANG")]
    language: Language,
    /// The folder to write to; without it, the current one
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Language {
    Python,
    #[value(alias = "js", alias = "node")]
    Javascript,
    Go,
    Ruby,
    Php,
    Java,
    C,
    Rust,
    #[value(alias = "sh", alias = "bash")]
    Shell,
}

/// The files of a skeleton: name and content.
const fn files(language: Language) -> &'static [(&'static str, &'static str)] {
    match language {
        Language::Python => &[("adapter.py", include_str!("../skeletons/python/adapter.py"))],
        Language::Javascript => &[("adapter.mjs", include_str!("../skeletons/javascript/adapter.mjs"))],
        Language::Go => &[("adapter.go", include_str!("../skeletons/go/adapter.go"))],
        Language::Ruby => &[("adapter.rb", include_str!("../skeletons/ruby/adapter.rb"))],
        Language::Php => &[("adapter.php", include_str!("../skeletons/php/adapter.php"))],
        Language::Java => &[("Adapter.java", include_str!("../skeletons/java/Adapter.java"))],
        Language::C => &[("adapter.c", include_str!("../skeletons/c/adapter.c"))],
        Language::Rust => &[
            ("main.rs", include_str!("../skeletons/rust/main.rs")),
            // Under its own name, cargo would leave the folder out of the package.
            ("Cargo.toml", include_str!("../skeletons/rust/manifest.toml")),
        ],
        Language::Shell => &[("adapter.sh", include_str!("../skeletons/shell/adapter.sh"))],
    }
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let folder = arguments.folder.clone().unwrap_or_default();
    let files = files(arguments.language);
    // All or nothing: nobody's file is overwritten.
    for (name, _) in files {
        let path = folder.join(name);
        if path.exists() {
            return Err(Fail::usage(format!("{}: is there already", path.display())).hint("name another folder"));
        }
    }
    if !folder.as_os_str().is_empty() {
        files::folder(&folder)?;
    }
    let mut text = String::new();
    for (name, content) in files {
        let path = folder.join(name);
        output::write_file(&path, content.as_bytes())?;
        text.push_str(&format!("wrote {}\n", path.display()));
    }
    let lines = files.first().map_or("", |(_, content)| content).lines().take(12);
    let orders: Vec<&str> = lines.filter_map(order).collect();
    if !orders.is_empty() {
        text.push_str("now:\n");
        if let Some(folder) = &arguments.folder {
            text.push_str(&format!("  cd {}\n", crate::report::shell::quote(folder.to_string_lossy().as_bytes())));
        }
        orders.iter().for_each(|order| text.push_str(&format!("  {order}\n")));
    }
    output::print(&text)?;
    Ok(ExitCode::AsExpected)
}

/// The command behind `Build:` or `Test:` in a comment.
fn order(line: &str) -> Option<&str> {
    let line = line.trim_start_matches(|character: char| !character.is_ascii_alphabetic());
    line.strip_prefix("Build:").or_else(|| line.strip_prefix("Test:")).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_skeleton_says_how_it_is_tested() {
        for language in Language::value_variants() {
            let (name, content) = files(*language)[0];
            let test = content.lines().take(12).filter_map(order).find(|order| order.starts_with("countersign test --adapter "));
            assert!(test.is_some(), "{name}");
        }
    }
}
