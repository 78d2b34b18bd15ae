//! Why a mail was not read: it is over a bound. Never dropped without a word: whoever reports says so.

/// Bytes of a mail at most; lists of the kernel refuse far smaller ones.
pub const MAIL_LIMIT: usize = 2 << 20;
/// Patches of a series at most.
pub const PATCH_LIMIT: u32 = 500;
/// Multiparts in each other at most, as many as git takes.
pub(super) const DEPTH_LIMIT: usize = 5;
/// Parts of a mail at most.
pub(super) const PART_LIMIT: usize = 100;
/// Bytes of the whole header at most.
pub(super) const HEADER_LIMIT: usize = 256 << 10;
/// Bytes of a field that is taken apart at most. Encoded words cost the square of it.
pub(super) const FIELD_LIMIT: usize = 4 << 10;
/// Bytes of `References:` and `In-Reply-To:` at most.
pub(super) const REFERENCES_LIMIT: usize = 64 << 10;

/// Why a mail was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The mail is too large.
    #[error("a mail of {bytes} bytes is not read: {MAIL_LIMIT} are the most")]
    Mail {
        /// Its bytes.
        bytes: usize,
    },
    /// Its header is too large.
    #[error("a mail whose header is larger than {HEADER_LIMIT} bytes is not read")]
    Header,
    /// A field of its header is too long.
    #[error("a mail with a field `{name}:` of {bytes} bytes is not read: {limit} are the most")]
    Field {
        /// The field's name.
        name: &'static str,
        /// Its bytes.
        bytes: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// It has too many parts.
    #[error("a mail of more than {PART_LIMIT} parts is not read")]
    Parts,
    /// Its multiparts lie too deep in each other.
    #[error("a mail with more than {DEPTH_LIMIT} multiparts in each other is not read")]
    Depth,
}

/// Refuses a field that is too long.
pub(super) fn check_field(name: &'static str, bytes: usize, limit: usize) -> Result<(), Refused> {
    match bytes > limit {
        true => Err(Refused::Field { name, bytes, limit }),
        false => Ok(()),
    }
}
