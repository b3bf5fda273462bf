//! Arms of a choice that only list values: `oneOf: [{const: a}, {const: b}]` is an enum, and so is `anyOf: [{type: string},
//! {enum: [a, b]}]`, since enums keep what they do not know.

use super::Lowering;
use super::scalar::inferred;
use super::view::{Choice, Target, Use, View};

/// Arms that have one type together.
pub(super) struct Listed<'a> {
    /// The arms by number.
    pub arms: Vec<usize>,
    /// The one of them whose type it is.
    pub chosen: usize,
    /// What they say together, where that is more than what the chosen one says.
    pub whole: Option<View<'a>>,
    /// What the arm is called that they are.
    pub name: &'static str,
}

impl Listed<'_> {
    /// Whether the type of an arm is that of another one.
    pub(super) fn absorbs(&self, index: usize) -> bool {
        index != self.chosen && self.arms.contains(&index)
    }
}

impl<'a> Lowering<'a> {
    /// The arms that come to one enum, by JSON type. A component with values of its own stays the type that it is.
    pub(super) fn listed(&self, choice: &Choice<'a>, views: &[View<'a>]) -> Vec<Listed<'a>> {
        let kinds = [("string", "String"), ("integer", "Integer")];
        kinds.iter().filter_map(|(kind, name)| group(choice, views, kind, name)).collect()
    }
}

fn group<'a>(choice: &Choice<'a>, views: &[View<'a>], kind: &str, name: &'static str) -> Option<Listed<'a>> {
    let arms = || choice.arms.iter().zip(views).enumerate().filter(|(_, (_, view))| is_value(view, kind));
    let inline = |parts: &[Use<'a>]| matches!(parts, [Use { schema: Target::Item(_), pointer: _ }]);
    let plain = || arms().filter(|(_, (parts, view))| view.values.is_empty() && inline(parts)).map(|(index, _)| index);
    let listing: Vec<(usize, bool)> =
        arms().filter(|(_, (_, view))| !view.values.is_empty()).map(|(index, (parts, _))| (index, inline(parts))).collect();
    if let [(chosen, inline)] = *listing.as_slice() {
        let arms: Vec<usize> = plain().chain([chosen]).collect();
        let whole = views.get(chosen).filter(|_| inline).cloned();
        return (arms.len() > 1).then_some(Listed { arms, chosen, whole, name });
    }
    let mut indices: Vec<usize> = listing.iter().filter(|(_, inline)| *inline).map(|(index, _)| *index).collect();
    let chosen = *indices.first()?;
    let mut whole = View { title: None, description: None, value_names: Vec::new(), ..views.get(chosen)?.clone() };
    let titles: Vec<&str> = indices.iter().filter_map(|index| views.get(*index)?.title).collect();
    for view in indices.iter().skip(1).filter_map(|index| views.get(*index)) {
        whole.values.extend(view.values.iter().cloned());
        whole.wide.extend(&view.wide);
        whole.nullable |= view.nullable;
    }
    // Numbers say nothing of themselves.
    if kind == "integer" && titles.len() == whole.values.len() {
        whole.value_names = titles;
    }
    if indices.len() < 2 {
        return None;
    }
    if indices.len() == listing.len() {
        indices.extend(plain());
    }
    Some(Listed { arms: indices, chosen, whole: Some(whole), name })
}

/// Whether a schema says no more than the JSON type and the values.
fn is_value(view: &View<'_>, kind: &str) -> bool {
    let named = match view.types.as_slice() {
        [name] => *name,
        [] if !view.values.is_empty() => inferred(view),
        _ => return false,
    };
    let has_null_only = !view.values.is_empty() && view.values.iter().all(serde_json::Value::is_null);
    named == kind && view.format.is_none() && view.choices.is_empty() && !has_null_only
}
