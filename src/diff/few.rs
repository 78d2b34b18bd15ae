//! A list that nearly always has one item, which then costs no allocation of its own.

use std::ops::Deref;

/// One item or more, in the order they came.
#[derive(Debug)]
pub enum Few<T> {
    /// One.
    One(T),
    /// More.
    More(Vec<T>),
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::One(item) => std::slice::from_ref(item),
            Self::More(items) => items,
        }
    }
}

impl<T: Copy> Few<T> {
    /// Adds an item.
    pub fn push(&mut self, item: T) {
        match self {
            Self::One(first) => *self = Self::More(vec![*first, item]),
            Self::More(items) => items.push(item),
        }
    }
}

impl<'f, T> IntoIterator for &'f Few<T> {
    type Item = &'f T;
    type IntoIter = std::slice::Iter<'f, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
