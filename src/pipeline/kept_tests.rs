//! The keys: whatever an answer depends on makes another key.
