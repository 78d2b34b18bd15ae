//! Answers to series by mail: what is written of real patches, and that it arrives, with outside judges for the mails:
//! Python's email package, git, b4, and a server that takes nothing but what RFC 5321 allows.

mod delivery;
mod letters;

use std::io::Write;
use std::process::{Command, Stdio};
use uapi_check::model::Person;
use uapi_check::reply::{ListRule, Voice, Write as WriteTo};

pub const LIST: &str = "netdev@lists.example.org";

pub fn person(text: &str) -> Person {
    Person::parse(text).expect("an address")
}

/// Who speaks; everybody on the list may be written to.
pub fn voice() -> Voice {
    Voice {
        from: person("uapi-check <bot@uapi.example.org>"),
        contact: person("Hu Män <hu@example.org>"),
        domain: "uapi.example.org".into(),
        own: vec!["bot@uapi.example.org".into()],
        lists: vec![ListRule {
            address: LIST.into(),
            list_id: None,
            write: WriteTo::List,
            cc: Vec::new(),
            remind: true,
            approvals: false,
        }],
        hide_from_patchwork: false,
    }
}

/// What Python's email package, and by it the rules by which Patchwork files mails (integration.md, section 1.7),
/// make of a mail: a JSON object.
pub fn python(mail: &[u8]) -> serde_json::Value {
    let mut child = Command::new("python3")
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is installed");
    child
        .stdin
        .take()
        .expect("it is piped")
        .write_all(mail)
        .expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    serde_json::from_slice(&output.stdout).expect("a document")
}

const SCRIPT: &str = r#"
import sys, json, re, email, email.policy
raw = sys.stdin.buffer.read()
m = email.message_from_bytes(raw, policy=email.policy.default)
body = m.get_content().replace('\r\n', '\n')
defects = [repr(d) for d in m.defects]
for name in m.keys():
    for value in m.get_all(name):
        defects += [repr(d) for d in getattr(value, 'defects', [])]
people = lambda name: [[a.display_name, a.addr_spec] for v in m.get_all(name, []) for a in v.addresses]
subject = ' '.join(str(m['Subject']).split())
known = m['In-Reply-To'] or m['References']
has_diff = re.search(r'^(diff --git |--- .*\n\+\+\+ )', body, re.M) is not None
if m.get('X-Patchwork-Hint', '').lower() == 'ignore' or m.get_content_type() != 'text/plain':
    filed = 'dropped'
elif re.match(r're:', subject, re.I):
    filed = 'comment' if known else 'dropped'
else:
    filed = 'patch' if has_diff else 'comment' if known else 'dropped'
json.dump({
    'names': m.keys(), 'subject': subject, 'body': body, 'defects': defects, 'filed': filed,
    'from': people('From'), 'to': people('To'), 'cc': people('Cc'), 'reply_to': people('Reply-To'),
    'id': str(m['Message-ID']).strip(), 'answers': str(m['In-Reply-To']).strip(),
    'references': str(m['References']).split(), 'type': m.get_content_type(),
    'charset': m.get_content_charset(), 'encoding': str(m['Content-Transfer-Encoding']),
    'date': m['Date'].datetime.isoformat(),
    'trailers': re.findall(r'^(?:Acked|Reviewed|Tested|Reported|Signed-off|Nacked)-by:.*|^Fixes:.*', body, re.M | re.I),
}, sys.stdout)
"#;
