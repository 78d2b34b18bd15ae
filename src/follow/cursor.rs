//! What a source has to remember becomes a line of text, and back, with the name of the place that it is about.
//!
//! A cursor of another place is told from one of this place, and a spoiled one from both. Next: [`super`].

use super::error::FollowError;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Bytes of a cursor at most: what the largest source keeps, twice.
const LIMIT: usize = 1 << 20;

/// What is written: the state, and what and where it is about.
#[derive(Serialize, Deserialize)]
struct Kept<S> {
    /// The kind of source.
    source: String,
    /// The place that it follows.
    place: String,
    #[serde(flatten)]
    state: S,
}

/// Writes a cursor.
pub(super) fn write<S: Serialize>(
    source: &str,
    place: &str,
    state: S,
) -> Result<String, FollowError> {
    let kept = Kept {
        source: source.to_owned(),
        place: place.to_owned(),
        state,
    };
    serde_json::to_string(&kept)
        .map_err(|error| FollowError::Ours(format!("a cursor can't be written: {error}")))
}

/// Reads a cursor that [`write`] wrote for the same source and place.
pub(super) fn read<S: DeserializeOwned>(
    source: &str,
    place: &str,
    text: &str,
) -> Result<S, FollowError> {
    if text.len() > LIMIT {
        return Err(FollowError::cursor(place, "it is too long"));
    }
    let kept: Kept<S> = serde_json::from_str(text).map_err(|error| {
        FollowError::cursor(
            place,
            format!("it can't be read: column {}", error.column()),
        )
    })?;
    if kept.source != source {
        let why = format!(
            "it is of a source of the kind `{source}`",
            source = kept.source
        );
        return Err(FollowError::cursor(place, why));
    }
    if kept.place != place {
        return Err(FollowError::cursor(
            place,
            format!("it is of {}", kept.place),
        ));
    }
    Ok(kept.state)
}

/// A short name for something long: 16 hex digits that are the same for the same bytes.
pub(super) fn short(bytes: &[u8]) -> String {
    let mut hex = blake3::hash(bytes).to_hex().to_string();
    hex.truncate(16);
    hex
}
