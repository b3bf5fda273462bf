//! Where the parts of a document went that a pass moved: references name places as written.

use std::collections::BTreeMap;

use crate::source::Pointer;

/// Places as written, and where what stood there stands now; the longest prefix wins.
#[derive(Debug, Default)]
pub(in crate::normalize) struct Forwarding {
    moved: BTreeMap<String, Pointer>,
}

impl Forwarding {
    /// What stood at `from` stands at `to`. What went to several places is looked for at the first.
    pub(in crate::normalize) fn set(&mut self, from: &Pointer, to: &Pointer) {
        if from != to {
            self.moved.entry(from.as_str().to_owned()).or_insert_with(|| to.clone());
        }
    }

    /// Where the value is now that was written at a pointer.
    pub(super) fn now(&self, pointer: &Pointer) -> Option<Pointer> {
        let text = pointer.as_str();
        let mut end = text.len();
        loop {
            let (prefix, rest) = text.split_at_checked(end)?;
            if let Some(to) = self.moved.get(prefix) {
                return Pointer::parse(&format!("{to}{rest}"));
            }
            end = prefix.rfind('/')?;
        }
    }
}
