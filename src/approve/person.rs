//! A line of MAINTAINERS that names people becomes these people. What a person is stands in
//! `crate::model`. Next: `mailmap` says which addresses belong together.

pub use crate::model::{Person, address_key};

/// The people of one line: one, or several with commas between. A comma inside a name is no such comma.
pub(super) fn people(line: &str) -> Vec<Person> {
    let parts = split_at_commas(line);
    let each: Option<Vec<Person>> = parts.iter().map(|part| Person::parse(part)).collect();
    each.unwrap_or_else(|| Person::parse(line).into_iter().collect())
}

fn split_at_commas(line: &str) -> Vec<&str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut quoted, mut inside) = (false, false);
    for (at, c) in line.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '<' => inside = true,
            '>' => inside = false,
            ',' if !quoted && !inside => {
                parts.push(&line[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&line[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str, email: &str) -> Person {
        Person {
            name: name.into(),
            email: email.into(),
        }
    }

    #[test]
    fn several_on_a_line_are_several() {
        let both = vec![person("A", "a@x.org"), person("", "b@x.org")];
        assert_eq!(people("A <a@x.org>, b@x.org"), both);
        assert_eq!(
            people("Doe, J <j@x.org>"),
            vec![person("Doe, J", "j@x.org")]
        );
        assert_eq!(
            people("\"Doe, J\" <j@x.org>"),
            vec![person("Doe, J", "j@x.org")]
        );
        assert_eq!(people("nobody"), vec![]);
    }
}
