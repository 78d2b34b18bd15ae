//! The `headers` of a patch or comment: an object whose values are a string, or an array where a field stands in the
//! mail more than once, with line breaks where the mail was folded.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The fields of a mail's header, each value in one line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Option<BTreeMap<String, Value>>")]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// The fields, by name; those of one name in the order of the mail.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let fields = self.0.iter();
        fields.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether there is a field of a name, in whatever case.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.iter()
            .any(|(other, _)| other.eq_ignore_ascii_case(name))
    }
}

impl From<Option<BTreeMap<String, Value>>> for Headers {
    fn from(found: Option<BTreeMap<String, Value>>) -> Self {
        let mut fields = Vec::new();
        for (name, value) in found.unwrap_or_default() {
            let values = match value {
                Value::Array(values) => values,
                other => vec![other],
            };
            for value in values.iter().filter_map(Value::as_str) {
                fields.push((name.clone(), unfolded(value)));
            }
        }
        Self(fields)
    }
}

/// A value in one line: no line break in it may begin another field.
fn unfolded(value: &str) -> String {
    let lines = value.split(['\r', '\n']).map(str::trim);
    let lines = lines.filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(json: &str) -> Vec<(String, String)> {
        let found: Headers = serde_json::from_str(json).expect("headers");
        found.0
    }

    #[test]
    fn folded_fields_and_those_that_occur_twice_are_read() {
        let found = headers(
            r#"{"Message-ID": "\n <a@b>", "Received": ["one", "two\n\tby three"], "X": null, "N": 1}"#,
        );
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let expected = [
            field("Message-ID", "<a@b>"),
            field("Received", "one"),
            field("Received", "two by three"),
        ];
        assert_eq!(found, expected);
        assert_eq!(headers("null"), []);
    }

    #[test]
    fn no_value_begins_another_field() {
        let found = headers(r#"{"Subject": "a\r\nFrom: somebody@else.org\n\nAcked-by: me"}"#);
        assert_eq!(found[0].1, "a From: somebody@else.org Acked-by: me");
        assert_eq!(found.len(), 1);
    }
}
