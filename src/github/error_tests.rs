//! What a refusal means.
