//! A verdict becomes a check of a patch in a Patchwork, once.
//!
//! Checks can't be taken back, and the last one of a context is the one that counts. So the last one is read before
//! each try: where it says the same, it is there already, be it from a run that died before it could note that, or from
//! a try whose answer was lost. That needs the name of our user: there is no `user=me`, and a name that the server does
//! not know finds nothing, and no error ([`Client::post_check`] holds the answer against the name). Two processes that
//! post for the same user at once are not seen; the service's outbox lets one do it. Next: `crate::service`.

use super::target;
use crate::patchwork::{self, CheckState, Client, Error, NewCheck};

/// Characters of a description at most: it stands in one cell of a table.
const DESCRIPTION_LIMIT: usize = 140;
/// Characters of a context at most.
const CONTEXT_LIMIT: usize = 255;

/// A check that shall stand at a patch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The server's number of the patch.
    pub patch: u64,
    /// What it is a check of. What the server doesn't take in a context becomes `_`.
    pub context: String,
    /// How it went.
    pub state: CheckState,
    /// Where more is told. Left out where the server would not take it.
    pub target_url: Option<String>,
    /// What to say in one line; cut after 140 characters.
    pub description: String,
}

/// What became of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was posted.
    Posted,
    /// It stands there already.
    AlreadyThere,
    /// It stays unposted, since one that was final stands there, and this one is pending.
    Withheld,
}

/// Sees to it that a check stands at its patch.
///
/// # Errors
///
/// Why it could not be seen to; the same may be asked for again at any time.
pub async fn post_check(client: &Client, check: &Check) -> Result<Outcome, Error> {
    let new = check.as_sent()?;
    let mut tried = 0;
    loop {
        let last = client.last_check(check.patch, &new.context).await?;
        if let Some(outcome) = last.as_ref().and_then(|last| settled(last, &new)) {
            return Ok(outcome);
        }
        tried += 1;
        match client.post_check(check.patch, &new).await {
            Ok(_) => return Ok(Outcome::Posted),
            // It may have arrived all the same: that is looked up first.
            Err(error) => client.pause(tried, error).await?,
        }
    }
}

/// What is to be done besides posting, where the last check leaves nothing to post.
fn settled(last: &patchwork::Check, new: &NewCheck) -> Option<Outcome> {
    let same = last.state == new.state.as_str()
        && last.target_url == new.target_url
        && last.description == new.description;
    if same {
        return Some(Outcome::AlreadyThere);
    }
    let back = new.state == CheckState::Pending && last.state != CheckState::Pending.as_str();
    back.then_some(Outcome::Withheld)
}

impl Check {
    /// As the server takes it.
    fn as_sent(&self) -> Result<NewCheck, Error> {
        let context = slug(&self.context);
        if context.is_empty() {
            let why = "a check of Patchwork needs a context: letters, digits, `-` and `_`";
            return Err(Error::Mistake(why.to_owned()));
        }
        let target = self.target_url.as_deref();
        Ok(NewCheck {
            state: self.state,
            context,
            target_url: target.and_then(target::accepted).unwrap_or_default(),
            description: one_line(&self.description),
        })
    }
}

/// A context: `[A-Za-z0-9_-]`, each run of anything else one `_`.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    let mut odd = false;
    for c in text.chars().take(CONTEXT_LIMIT) {
        let taken = c.is_ascii_alphanumeric() || "_-".contains(c);
        if taken {
            slug.push(c);
        } else if !odd {
            slug.push('_');
        }
        odd = !taken;
    }
    slug
}

/// One line without control characters and markup, cut where it is too long.
fn one_line(text: &str) -> String {
    let shown = |c: char| if c.is_control() { ' ' } else { c };
    let plain: String = text
        .chars()
        .filter(|c| !"`<>".contains(*c))
        .map(shown)
        .collect();
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= DESCRIPTION_LIMIT {
        return line;
    }
    let cut: String = line.chars().take(DESCRIPTION_LIMIT - 1).collect();
    format!("{}\u{2026}", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(state: CheckState, target_url: &str, description: &str) -> Check {
        Check {
            patch: 1,
            context: "uapi-verdict".to_owned(),
            state,
            target_url: Some(target_url.to_owned()),
            description: description.to_owned(),
        }
    }

    fn there(state: &str, target_url: &str, description: &str) -> patchwork::Check {
        patchwork::Check {
            state: state.to_owned(),
            target_url: target_url.to_owned(),
            description: description.to_owned(),
            ..patchwork::Check::default()
        }
    }

    #[test]
    fn a_check_is_sent_as_the_server_takes_it() {
        let sent = Check {
            context: "uapi/verdict v2.x".to_owned(),
            ..check(
                CheckState::Fail,
                "http://uapibot:8080/r",
                " `struct foo`\n\u{1b}grew <b>twice</b> ",
            )
        };
        let sent = sent.as_sent().expect("a context");
        assert_eq!(sent.context, "uapi_verdict_v2_x");
        assert_eq!(sent.target_url, "");
        assert_eq!(sent.description, "struct foo grew btwice/b");
        let json = serde_json::to_value(&sent).expect("JSON");
        let expected = serde_json::json!({
            "state": "fail", "context": "uapi_verdict_v2_x", "target_url": "",
            "description": "struct foo grew btwice/b",
        });
        assert_eq!(json, expected);
        let nameless = Check {
            context: String::new(),
            ..check(CheckState::Fail, "", "")
        };
        assert!(nameless.as_sent().is_err());
    }

    #[test]
    fn a_description_is_cut_between_characters() {
        let long = "\u{df}".repeat(141);
        let cut = one_line(&long);
        assert_eq!(cut.chars().count(), 140);
        assert!(cut.ends_with("\u{df}\u{2026}"));
        assert_eq!(one_line(&long[2..]), long[2..]);
        assert_eq!(slug(&"a".repeat(300)).len(), 255);
    }

    #[test]
    fn what_stands_there_is_not_posted_again() {
        let new = check(CheckState::Warning, "https://example.org/1", "x")
            .as_sent()
            .expect("a check");
        let same = there("warning", "https://example.org/1", "x");
        assert_eq!(settled(&same, &new), Some(Outcome::AlreadyThere));
        for other in [
            there("fail", "https://example.org/1", "x"),
            there("warning", "https://example.org/2", "x"),
            there("warning", "https://example.org/1", "y"),
            there("pending", "https://example.org/1", "x"),
        ] {
            assert_eq!(settled(&other, &new), None, "{other:?}");
        }
    }

    #[test]
    fn no_verdict_becomes_pending_again() {
        let new = check(CheckState::Pending, "https://example.org/1", "x")
            .as_sent()
            .expect("a check");
        for last in ["success", "warning", "fail", "of-a-later-version"] {
            let last = there(last, "https://example.org/1", "x");
            assert_eq!(settled(&last, &new), Some(Outcome::Withheld), "{last:?}");
        }
        let other = there("pending", "https://example.org/1", "y");
        assert_eq!(settled(&other, &new), None);
    }
}
