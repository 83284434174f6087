//! Colours, or none. Whoever calls decides: a renderer never looks at a terminal or at the environment.

/// Whether to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    #[default]
    Off,
    /// ANSI escape sequences.
    #[cfg(feature = "reports")]
    On,
}

/// What a piece of text is, as far as its colour goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Bad,
    Odd,
    Heading,
    Faint,
    Mark,
}

impl Colour {
    /// The text in its tone.
    pub(super) fn paint(self, tone: Tone, text: &str) -> String {
        match self {
            Colour::Off => {
                // Without the feature `cli` nobody asks for the tone.
                let _ = tone;
                text.to_owned()
            }
            #[cfg(feature = "reports")]
            Colour::On => {
                let style = style(tone);
                format!("{style}{text}{style:#}")
            }
        }
    }
}

#[cfg(feature = "reports")]
fn style(tone: Tone) -> anstyle::Style {
    use anstyle::{AnsiColor, Style};
    let colour = |colour: AnsiColor| Style::new().fg_color(Some(colour.into()));
    match tone {
        Tone::Good => colour(AnsiColor::Green),
        Tone::Bad => colour(AnsiColor::Red).bold(),
        Tone::Odd => colour(AnsiColor::Yellow),
        Tone::Heading => Style::new().bold(),
        Tone::Faint => Style::new().dimmed(),
        Tone::Mark => colour(AnsiColor::Red).bold().underline(),
    }
}
