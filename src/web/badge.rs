//! The last conclusion of a subject becomes a small picture for a README.
//!
//! Pure. Widths are guesses from the number of letters, since nobody knows the reader's fonts; `textLength` makes the
//! text fit them.

/// Width of a letter, and of what is left free at both ends of a half, in pixels.
const LETTER: usize = 7;
const ROOM: usize = 10;

/// What a badge says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Badge {
    /// The words.
    pub text: &'static str,
    color: &'static str,
}

/// The badge of a conclusion as it stands in the store; `None` where there is no run.
pub fn of(conclusion: Option<&str>) -> Badge {
    let (text, color) = match conclusion {
        Some("pass") => ("compatible", "#2a6f3b"),
        Some("needs-approval") => ("needs approval", "#8a5a00"),
        Some("fail") => ("breaks", "#a32626"),
        Some(_) => ("undecided", "#5b5b66"),
        None => ("unknown", "#5b5b66"),
    };
    Badge { text, color }
}

impl Badge {
    /// The picture.
    pub fn svg(self) -> String {
        let Self { text, color } = self;
        let label = "uapi";
        let left = label.len() * LETTER + ROOM;
        let right = text.len() * LETTER + ROOM;
        let all = left + right;
        let (at_left, at_right) = (ROOM / 2, left + ROOM / 2);
        let (long_left, long_right) = (left - ROOM, right - ROOM);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{all}\" height=\"20\" role=\"img\" \
             aria-label=\"{label}: {text}\"><title>{label}: {text}</title>\
             <rect width=\"{left}\" height=\"20\" fill=\"#33333c\"/>\
             <rect x=\"{left}\" width=\"{right}\" height=\"20\" fill=\"{color}\"/>\
             <g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\">\
             <text x=\"{at_left}\" y=\"14\" textLength=\"{long_left}\">{label}</text>\
             <text x=\"{at_right}\" y=\"14\" textLength=\"{long_right}\">{text}</text></g></svg>\n"
        )
    }
}
