//! The mails that were fetched, by number: what was sent once never changes, and is not asked for again.

use crate::patchwork::Mail;
use std::collections::{HashMap, VecDeque};

/// Bytes that are kept at most.
const LIMIT: usize = 32 << 20;

/// Mails of patches and covers.
#[derive(Debug, Default)]
pub(super) struct Kept {
    mails: HashMap<Mail, Sent>,
    /// From the one that was kept first on.
    order: VecDeque<Mail>,
    bytes: usize,
}

/// What was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sent {
    /// Its Message-ID without `<>`.
    pub id: String,
    /// The number of the series that it is in.
    pub series: Option<u64>,
    /// The mail.
    pub mail: Vec<u8>,
}

impl Kept {
    /// The mail, where it is kept.
    pub fn get(&self, mail: Mail) -> Option<&Sent> {
        self.mails.get(&mail)
    }

    /// Keeps a mail, and lets go of the oldest ones where there is no room.
    pub fn put(&mut self, mail: Mail, sent: Sent) {
        self.bytes += sent.mail.len();
        if let Some(other) = self.mails.insert(mail, sent) {
            self.bytes -= other.mail.len();
        } else {
            self.order.push_back(mail);
        }
        while self.bytes > LIMIT {
            let Some(oldest) = self.order.pop_front() else {
                return;
            };
            let gone = self.mails.remove(&oldest);
            self.bytes -= gone.map_or(0, |sent| sent.mail.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(bytes: usize) -> Sent {
        Sent {
            id: "a@b".to_owned(),
            series: Some(1),
            mail: vec![b'x'; bytes],
        }
    }

    #[test]
    fn the_oldest_mails_go_where_there_is_no_room() {
        let mut kept = Kept::default();
        kept.put(Mail::Patch(1), sent(LIMIT / 2));
        kept.put(Mail::Cover(1), sent(LIMIT / 2));
        assert_eq!(kept.get(Mail::Patch(1)), Some(&sent(LIMIT / 2)));
        kept.put(Mail::Patch(2), sent(1));
        assert_eq!(kept.get(Mail::Patch(1)), None);
        assert_eq!(kept.get(Mail::Cover(1)), Some(&sent(LIMIT / 2)));
        assert_eq!(kept.get(Mail::Patch(2)), Some(&sent(1)));
        kept.put(Mail::Patch(2), sent(2));
        kept.put(Mail::Patch(3), sent(LIMIT + 1));
        assert!(kept.mails.is_empty() && kept.bytes == 0);
    }
}
