//! Pages of sample documents.
