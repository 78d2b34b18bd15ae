//! A database that restarts is waited for: what was asked of it is asked again.
//!
//! A mistake, and what another try does not mend, is told at once.

use crate::store::StoreError;
use std::time::Duration;

/// The first rest between two tries; each is twice the one before.
const FIRST: Duration = Duration::from_millis(100);
/// The longest.
const LONGEST: Duration = Duration::from_secs(30);

/// Asks until there is an answer that stays.
///
/// # Errors
///
/// What another try does not mend.
pub async fn patiently<T, F>(mut ask: impl FnMut() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    let mut rest = FIRST;
    loop {
        match ask().await {
            Err(error) if error.is_transient() => {
                tracing::warn!("asked again in {} ms: {error}", rest.as_millis());
                tokio::time::sleep(rest).await;
                rest = (rest * 2).min(LONGEST);
            }
            result => return result,
        }
    }
}
