//! What deliveries say, and who may say it.
