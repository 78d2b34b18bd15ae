//! What C++ reads as C does, each with its look-alike.
