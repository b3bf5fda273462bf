//! Bodies that are many values, one after another: what one of them is, and how it stands in the body.

use super::Lowering;
use super::naming::Hint;
use super::view::{Use, View};
use crate::media_type::{self, Sequence};
use crate::model::{Codec, EventData, Framing, Type};

/// How items follow each other in a media type; `None` for one that is a single value.
pub(super) fn framing(essence: &str) -> Option<Framing> {
    Some(match media_type::sequence(essence)? {
        Sequence::Events => Framing::Events(EventData::Json),
        Sequence::Lines => Framing::Lines,
        Sequence::Records => Framing::Records,
    })
}

impl<'a> Lowering<'a> {
    /// One item of a body. A schema says what one is, or that the body is a list of them.
    pub(super) fn items(&mut self, framing: Framing, part: Option<&Use<'a>>, hint: &Hint) -> (Codec, Type) {
        let Some(part) = part else { return self.item(framing, &[], false, hint) };
        let view = self.fold(std::slice::from_ref(part));
        match (view.types.as_slice(), view.items) {
            (["array"], items) => self.item(framing, &items, true, &hint.item()),
            _ => self.item(framing, std::slice::from_ref(part), false, hint),
        }
    }

    /// `parts` all hold of one item; none of them, and nothing is known of it.
    fn item(&mut self, framing: Framing, parts: &[Use<'a>], listed: bool, hint: &Hint) -> (Codec, Type) {
        let view = (!parts.is_empty()).then(|| self.fold(parts));
        let is_text = view.as_ref().is_none_or(|view| view.types == ["string"]);
        let framing = match framing {
            Framing::Events(_) if is_text => Framing::Events(EventData::Text),
            Framing::Events(_) => Framing::Events(view.and_then(|view| self.event(view, 0)).unwrap_or(EventData::Json)),
            other => other,
        };
        let ty = match (framing, parts) {
            (Framing::Events(EventData::Text), []) => Type::String,
            (_, []) => Type::Any,
            // Text of which only a person knows that it is lines of JSON.
            (Framing::Lines | Framing::Records, _) if is_text && !listed => Type::Any,
            (_, parts) => self.lower_all(parts, hint),
        };
        let ty = match (framing, ty) {
            (Framing::Events(data), Type::Nullable(inner)) if data != EventData::Json => *inner,
            (_, ty) => ty,
        };
        (Codec::Items(framing), ty)
    }

    /// How data stands in an event whose fields a schema describes (OpenAPI 3.2, Server-Sent Events); `None` if it describes
    /// the data.
    fn event(&self, mut view: View<'a>, depth: usize) -> Option<EventData> {
        if depth > 8 {
            return None;
        }
        let choices = self.shaped_choices(&mut view);
        if let [choice] = choices.as_slice() {
            let arms = choice.arms.iter().map(|arm| self.event(self.fold(arm), depth + 1));
            let arms: Vec<EventData> = arms.collect::<Option<_>>()?;
            let text = arms.iter().all(|arm| *arm == EventData::Fields);
            return Some(if text { EventData::Fields } else { EventData::JsonFields });
        }
        let is_field = |name: &&str| matches!(*name, "data" | "event" | "id" | "retry");
        let data = view.properties.get("data")?;
        if !view.properties.keys().all(is_field) || !view.required.contains(&"data") && view.properties.len() < 2 {
            return None;
        }
        let data = self.fold(data);
        Some(if data.types == ["string"] { EventData::Fields } else { EventData::JsonFields })
    }
}
