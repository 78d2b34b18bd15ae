//! What the reader of YAML says of a mistake becomes a [`RuleError`], with the word that was meant, where one
//! of those that are known is near.

use super::catalogue::RuleError;

/// From which likeness on a word may be meant; 1 is the word itself.
const NEAR: f64 = 0.6;

impl RuleError {
    /// A mistake that the reader of YAML found.
    pub fn in_yaml(file: &str, error: &serde_yaml::Error) -> Self {
        let mut problem = error.to_string();
        if let Some(meant) = meant(&problem) {
            problem.push_str(&format!("; did you mean `{meant}`?"));
        }
        Self {
            file: file.to_owned(),
            line: error.location().map_or(1, |location| location.line()),
            problem,
        }
    }
}

/// Of "unknown field `x`, expected one of `y`, `z`" the nearest of the expected words, and likewise of a
/// variant.
fn meant(problem: &str) -> Option<&str> {
    let unknown = ["unknown field", "unknown variant"];
    let at = unknown.iter().find_map(|word| problem.find(word))?;
    let mut words = problem[at..].split('`').skip(1).step_by(2);
    let written = words.next()?;
    let likeness = |word: &str| strsim::normalized_damerau_levenshtein(written, word);
    let near = words.filter(|word| likeness(word) >= NEAR);
    near.max_by(|one, other| likeness(one).total_cmp(&likeness(other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_word_is_meant_and_a_far_one_is_not() {
        let field = |written: &str| {
            format!("a: unknown field `{written}`, expected one of `require`, `k` at line 2")
        };
        assert_eq!(meant(&field("requires")), Some("require"));
        assert_eq!(meant(&field("reqiure")), Some("require"));
        assert_eq!(meant(&field("owners")), None);
        assert_eq!(
            meant("unknown variant `al`, expected `all` or `none`"),
            Some("all")
        );
        assert_eq!(meant("missing field `require`"), None);
        assert_eq!(meant("unknown field `"), None);
    }
}
