//! Callbacks: operations with the roles changed, who receives them, and what tells those apart that share an address.

use std::collections::BTreeSet;

use openapiv3::{PathItem, ReferenceOr};

use super::Lowering;
use super::names;
use super::operation::{Dropped, Head, MADE_NAMES, methods};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Callback, Codec, Enum, EnumValues, Mark, PathTemplate, Receiver, Type, TypeDef, TypeKind};
use crate::normalize::callback_label;
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// Lowers all callbacks, which stand among the components; those that cannot be carried become diagnostics.
    pub(super) fn callbacks(&mut self) {
        let openapi = self.openapi;
        let root = Pointer::root().join(["components", "callbacks"]);
        for (name, callback) in openapi.components.iter().flat_map(|components| &components.callbacks) {
            let ReferenceOr::Item(callback) = callback else { continue };
            let several = callback.values().flat_map(methods).nth(1).is_some();
            for (expression, item) in callback {
                self.callback(name, expression, item, several, &root.child(name).child(expression));
            }
        }
    }

    fn callback(&mut self, name: &str, expression: &str, item: &'a PathItem, several: bool, pointer: &Pointer) {
        for (method, written) in methods(item) {
            let pointer = pointer.child(method.as_str().to_lowercase());
            let made = || if several { format!("{name} {}", method.as_str().to_lowercase()) } else { name.to_owned() };
            let id = written.operation_id.clone().unwrap_or_else(made);
            let base = names::type_name(&id);
            let wanted = [base.clone(), format!("{base}Callback")];
            let type_name = self.type_names.claim_first(&wanted, MADE_NAMES);
            let method_name = self.callback_names.claim(&names::field_name(&id));
            let given = self.given_operation(&pointer, |lowering| &mut lowering.callback_names, MADE_NAMES);
            let (type_name, method_name) = given.unwrap_or((type_name, method_name));
            let head = Head { type_name, method_name, method, path: PathTemplate { raw: expression.to_owned(), segments: Vec::new() }, id };
            match self.named_operation(head, item, written, pointer) {
                Ok(operation) => {
                    let receiver = self.receiver(operation.group, expression);
                    self.callbacks.push(Callback { name: name.to_owned(), operation, receiver, mark: None });
                }
                Err(Dropped(diagnostic)) => self.report(diagnostic.operation(callback_label(method.as_str(), expression, name))),
            }
        }
    }

    /// The receiver of one tag's callbacks that have this expression.
    fn receiver(&mut self, group: usize, expression: &str) -> usize {
        let known = self.receivers.iter().position(|known| known.group == group && known.expression == expression);
        if let Some(known) = known {
            return known;
        }
        let tag = self.groups.get(group).filter(|group| group.tag.is_some()).map(|group| group.module.as_str());
        // The second address of a tag is told from the first by the words of its expression.
        let further = self.receivers.iter().any(|known| known.group == group);
        let words = if further { names::field_name(last_word(expression)) } else { String::new() };
        let stem = [tag.unwrap_or_default(), &words].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_");
        let name = self.receiver_names.claim(if stem.is_empty() { "receiver" } else { &stem });
        let trait_name = if stem.is_empty() { "Callbacks".to_owned() } else { format!("{}Callbacks", names::variant_name(&name)) };
        self.receivers.push(Receiver { name, trait_name, group, expression: expression.to_owned() });
        self.receivers.len() - 1
    }

    /// Finds what tells callbacks apart that arrive at one address by one method, and says so where nothing does.
    pub(super) fn tell_apart(&mut self, types: &[TypeDef], callbacks: &mut [Callback]) {
        let mut ambiguous: Vec<Diagnostic> = Vec::new();
        let addresses: BTreeSet<_> = callbacks.iter().map(|callback| (callback.receiver, callback.operation.method)).collect();
        for address in addresses {
            let here = callbacks.iter_mut().filter(|callback| (callback.receiver, callback.operation.method) == address);
            let mut here: Vec<&mut Callback> = here.collect();
            let candidates: Vec<Vec<Mark>> = here.iter().map(|callback| marks(types, callback)).collect();
            if let Some(property) = best(&candidates) {
                for (callback, marks) in here.iter_mut().zip(candidates) {
                    callback.mark = marks.into_iter().find(|mark| mark.property == property);
                }
            }
            let unmarked: Vec<&&mut Callback> = here.iter().filter(|callback| callback.mark.is_none()).collect();
            if let [first, second, ..] = unmarked.as_slice() {
                let message = format!(
                    "nothing tells the callbacks `{}` and `{}` apart, which arrive at one address: the first one that fits is taken",
                    first.name, second.name
                );
                let diagnostic = Diagnostic::new(Code::CALLBACK_AMBIGUOUS, message)
                    .at(Place::key(&second.operation.origin))
                    .related(Place::key(&first.operation.origin), "the other callback")
                    .hint("give each body a required property with one value of its own");
                ambiguous.push(diagnostic);
            }
        }
        ambiguous.into_iter().for_each(|diagnostic| self.report(diagnostic));
    }
}

/// `{$request.body#/callback/url}` -> `url`.
fn last_word(expression: &str) -> &str {
    let inner = expression.rsplit_once('{').map_or(expression, |(_, inner)| inner.trim_end_matches('}'));
    inner.rsplit(['/', '.', '#', '$']).find(|word| !word.is_empty()).unwrap_or(inner)
}

/// The required properties of a body that have a few known values.
fn marks(types: &[TypeDef], callback: &Callback) -> Vec<Mark> {
    let media = callback.operation.body.as_ref().filter(|body| body.required).and_then(|body| body.content.single());
    let Some(media) = media.filter(|media| media.codec == Codec::Json) else { return Vec::new() };
    let Some(TypeKind::Struct(object)) = named(types, &media.ty) else { return Vec::new() };
    let required = object.fields.iter().filter(|field| field.required);
    required
        .filter_map(|field| match named(types, &field.ty)? {
            TypeKind::Enum(Enum { values: EnumValues::Strings(values), other: _ }) => {
                Some(Mark { property: field.wire.clone(), values: values.iter().map(|variant| variant.value.clone()).collect() })
            }
            TypeKind::Enum(_) | TypeKind::Struct(_) | TypeKind::Union(_) | TypeKind::Alias(_) | TypeKind::Newtype(_) => None,
        })
        .collect()
}

/// The property that most callbacks have, each with values of its own.
fn best(candidates: &[Vec<Mark>]) -> Option<String> {
    let mut best: Option<(usize, &str)> = None;
    for property in candidates.iter().flatten().map(|mark| mark.property.as_str()) {
        let marks: Vec<&Mark> = candidates.iter().flatten().filter(|mark| mark.property == property).collect();
        let mut seen = BTreeSet::new();
        let distinct = marks.iter().flat_map(|mark| &mark.values).all(|value| seen.insert(value));
        if distinct && best.is_none_or(|(count, _)| marks.len() > count) {
            best = Some((marks.len(), property));
        }
    }
    best.map(|(_, property)| property.to_owned())
}

/// What a type is, behind its names.
fn named<'t>(types: &'t [TypeDef], ty: &Type) -> Option<&'t TypeKind> {
    let mut ty = ty;
    for _ in 0..64 {
        let (Type::Named(id) | Type::Boxed(id)) = ty else { return None };
        match &types.get(id.0)?.kind {
            TypeKind::Alias(inner) => ty = inner,
            kind => return Some(kind),
        }
    }
    None
}
