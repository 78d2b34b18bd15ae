//! Why patches could not even be tried: failures of ours, of the system or of the repository, and the
//! mistake of naming a base that is not there. What is wrong with a patch is a [`Refusal`].

use super::refusal::Refusal;
use crate::source::SourceError;

/// Why patches could not be tried.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The repository, or the base that the user named.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// No place for objects.
    #[error("no temporary directory for the patched trees ({0}): is there room in $TMPDIR?")]
    Scratch(#[from] std::io::Error),
    /// The place of the repository can't be written down for git.
    #[error("the repository lies in a directory whose name has a line break: move it")]
    OddPlace,
    /// git said no.
    #[error("git: {0}")]
    Git(String),
}

impl ApplyError {
    /// Whether the user can mend it by asking for something else.
    #[must_use]
    pub fn is_mistake(&self) -> bool {
        match self {
            Self::Source(error) => error.is_mistake(),
            Self::OddPlace => true,
            Self::Scratch(_) | Self::Git(_) => false,
        }
    }
}

impl From<git2::Error> for ApplyError {
    fn from(error: git2::Error) -> Self {
        Self::Git(
            error
                .message()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" "),
        )
    }
}

/// Either of the reasons why there is no tree.
#[derive(Debug)]
pub(super) enum Fault {
    Refused(Refusal),
    Failed(ApplyError),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<ApplyError> for Fault {
    fn from(error: ApplyError) -> Self {
        Self::Failed(error)
    }
}

impl From<git2::Error> for Fault {
    fn from(error: git2::Error) -> Self {
        Self::Failed(error.into())
    }
}
