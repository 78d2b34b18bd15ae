//! Whether C++ must make of a header what C made of it, told from the texts of its closure alone.
//!
//! What C++ may take otherwise makes a text odd ([`traits`] says so). Names that an odd text declares,
//! and macros with odd bodies, can't be trusted in other texts either. A header of which nothing of that
//! kind can be said need not be compiled as C++: C has compiled it without an error, and every name in
//! it means the same there. Leans to the safe side: a "no" only costs time. [`super::language`] leaves
//! out work by it.

mod traits;
mod words;

pub use traits::Traits;
use words::Words;

/// Whether a header that C compiles alone without an error, and that declares no function or variable
/// and no record without a size, has no error of its own in C++ and the same sizes there. `others` are
/// the texts of all that it may include.
pub fn in_cxx<'t>(header: &'t Traits, others: impl Iterator<Item = &'t Traits>) -> bool {
    if header.odd || header.splits || !header.members.is_disjoint(&header.tags) {
        return false;
    }
    let texts: Vec<&Traits> = std::iter::once(header).chain(others).collect();
    if texts.iter().any(|text| clash(header, text)) {
        return false;
    }
    let mut odd: Vec<bool> = texts.iter().map(|text| text.odd).collect();
    loop {
        let poison = poison(&texts, &odd);
        let mut more = false;
        for (text, odd) in texts.iter().zip(&mut odd) {
            if !*odd && !text.words.is_disjoint(&poison) {
                (*odd, more) = (true, true);
            }
        }
        if odd[0] || !more {
            return !odd[0];
        }
    }
}

/// Whether a name is a tag here and a type there, which C keeps apart and C++ does not; or a member and
/// a type, which hides the type.
fn clash(header: &Traits, other: &Traits) -> bool {
    !header.aliases.is_disjoint(&other.tags)
        || !header.tags.is_disjoint(&other.aliases)
        || !header.members.is_disjoint(&other.aliases)
}

/// Names that may mean something else in C++.
fn poison(texts: &[&Traits], odd: &[bool]) -> Words {
    let mut poison = Words::default();
    for (text, _) in texts.iter().zip(odd).filter(|(_, odd)| **odd) {
        let agreed = |word: &&u64| agreed(text, texts, odd, **word);
        poison.extend(text.exposed.iter().filter(|word| !agreed(word)));
        poison.extend(&text.defines);
    }
    poison.extend(texts.iter().flat_map(|text| &text.poisoned));
    // A macro that expands to such a name is one itself.
    loop {
        let before = poison.len();
        for (name, body) in texts.iter().flat_map(|text| &text.bodies) {
            if body.iter().any(|word| poison.contains(word)) {
                poison.insert(*name);
            }
        }
        if poison.len() == before {
            return poison;
        }
    }
}

/// Whether a word that an odd text spells is declared by a text that is not odd, as a type or a macro:
/// then the odd one only uses it.
fn agreed(user: &Traits, texts: &[&Traits], odd: &[bool], word: u64) -> bool {
    let declares = |text: &Traits| text.types.contains(&word) || text.defines.contains(&word);
    let mut others = texts.iter().zip(odd).filter(|(_, odd)| !**odd);
    !user.defines.contains(&word)
        && !user.perhaps_types.contains(&word)
        && others.any(|(text, _)| declares(text))
}

#[cfg(test)]
#[path = "../alike_tests.rs"]
mod tests;
