//! Names that somebody gave: they take the place of those that are made, and nothing else is renamed by them.
//!
//! What begins with a capital letter names a type or a variant, what does not a field, a parameter, a tag or a scheme; an
//! operation takes either. The names that would have been made stay taken, so that whoever has another one keeps it.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::names::{self, Scope};
use super::{Lowering, MODULES};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{EnumValues, Group, Type, TypeDef, TypeId};
use crate::source::Pointer;

/// A name for what stands at places of the normalised document.
#[derive(Debug, Clone)]
pub struct Given {
    /// The places; several where what was written once stands more than once.
    pub pointers: Vec<Pointer>,
    /// The place as it was named.
    pub written: String,
    /// The name.
    pub name: String,
    /// Where it was given.
    pub place: Option<Place>,
}

/// The given names by place, and which of them were of use.
#[derive(Default)]
pub(super) struct Names<'a> {
    all: &'a [Given],
    by_pointer: HashMap<&'a Pointer, usize>,
    used: BTreeSet<usize>,
}

impl<'a> Names<'a> {
    pub(super) fn new(all: &'a [Given]) -> Self {
        let pointers = all.iter().enumerate().flat_map(|(index, given)| given.pointers.iter().map(move |pointer| (pointer, index)));
        Self { all, by_pointer: pointers.collect(), used: BTreeSet::new() }
    }

    /// The name for what stands at a place, if it is of the right kind.
    fn at(&mut self, pointer: &Pointer, fits: fn(&str) -> bool) -> Option<&'a Given> {
        if self.all.is_empty() {
            return None;
        }
        let index = *self.by_pointer.get(pointer)?;
        let given = self.all.get(index).filter(|given| fits(&given.name))?;
        self.used.insert(index);
        Some(given)
    }
}

/// Whether it is a name for a type or a variant.
fn is_type(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

/// Whether it is a name for a field, a parameter, a module or a method.
fn is_value(name: &str) -> bool {
    !is_type(name)
}

impl Lowering<'_> {
    /// Says what is wrong with names that no document can mend.
    pub(super) fn check_given(&mut self) {
        for given in self.given.all {
            if let Some(why) = names::fault(&given.name) {
                let message = format!("`{}` cannot be a name in Rust: {why}", given.name.escape_debug());
                self.report(refused(given, message));
            }
        }
    }

    /// Takes the given name of a type, if there is one and it is free.
    pub(super) fn given_type(&mut self, pointer: &Pointer) -> Option<String> {
        let given = self.given.at(pointer, is_type)?;
        let is_free = self.type_names.give(&given.name, &[]);
        self.taken(given, is_free)
    }

    /// Takes the given names of an operation: that of its type, and that of its method among those of this scope.
    pub(super) fn given_operation(
        &mut self,
        pointer: &Pointer,
        methods: fn(&mut Self) -> &mut Scope,
        made: &[&str],
    ) -> Option<(String, String)> {
        let given = self.given.at(pointer, |_| true)?;
        let (type_name, method) = (names::type_name(&given.name), names::field_name(&given.name));
        let is_free = self.type_names.give(&type_name, made) && methods(self).give(&method, &[]);
        self.taken(given, is_free).map(|_| (type_name, method))
    }

    /// Gives the parts of something their given names, each told by its place and holding its name; `others` have theirs beside
    /// them.
    pub(super) fn give_values<'n>(&mut self, parts: impl Iterator<Item = (Vec<Pointer>, &'n mut String)>, others: &[&str]) {
        self.give(parts, others, is_value);
    }

    /// As [`Self::give_values`], for variants.
    pub(super) fn give_variants<'n>(&mut self, parts: impl Iterator<Item = (Vec<Pointer>, &'n mut String)>, others: &[&str]) {
        self.give(parts, others, is_type);
    }

    fn give<'n>(&mut self, parts: impl Iterator<Item = (Vec<Pointer>, &'n mut String)>, others: &[&str], fits: fn(&str) -> bool) {
        if self.given.all.is_empty() {
            return;
        }
        let mut parts: Vec<(Vec<Pointer>, &mut String)> = parts.collect();
        for index in 0..parts.len() {
            let Some((pointers, own)) = parts.get(index) else { continue };
            let Some(given) = pointers.iter().find_map(|pointer| self.given.at(pointer, fits)) else { continue };
            let is_others = others.contains(&given.name.as_str());
            let is_free = **own == given.name || (!is_others && parts.iter().all(|(_, other)| **other != given.name));
            if let (Some(_), Some((_, own))) = (self.taken(given, is_free), parts.get_mut(index)) {
                own.clone_from(&given.name);
            }
        }
    }

    /// Names the types that the document does not name, before others of them are.
    pub(super) fn give_unnamed(&mut self, types: &mut [TypeDef]) {
        for given in self.given.all {
            let known = given.pointers.iter().find_map(|pointer| match self.by_pointer.get(pointer)? {
                Type::Named(id) => Some(*id),
                Type::Nullable(inner) => inner.definition().filter(|_| !matches!(**inner, Type::List(_) | Type::Map(_))),
                _ => None,
            });
            let origin = || types.iter().position(|def| def.name.is_empty() && given.pointers.contains(&def.origin)).map(TypeId);
            let unnamed = known.or_else(origin).and_then(|id| types.get_mut(id.0)).filter(|def| def.name.is_empty());
            if let Some(def) = unnamed
                && let Some(name) = given.pointers.iter().find_map(|pointer| self.given_type(pointer))
            {
                def.name = name;
            }
        }
    }

    /// The variants of an enum of these values.
    pub(super) fn give_enum(&mut self, values: &mut EnumValues, other: Option<&str>, written: &[Value], pointer: &Pointer) {
        let list = pointer.child("enum");
        let others = other.as_slice();
        let place = |value: Value| written.iter().position(|known| *known == value).map(|index| list.child(index)).into_iter().collect();
        match values {
            EnumValues::Strings(variants) => {
                self.give_variants(variants.iter_mut().map(|variant| (place(variant.value.clone().into()), &mut variant.name)), others);
            }
            EnumValues::Integers(variants) => {
                self.give_variants(variants.iter_mut().map(|variant| (place(variant.value.into()), &mut variant.name)), others);
            }
            EnumValues::Numbers(variants) => {
                let place = |value: f64| written.iter().position(|known| known.as_f64() == Some(value)).map(|index| list.child(index));
                self.give_variants(
                    variants.iter_mut().map(|variant| (place(variant.value).into_iter().collect(), &mut variant.name)),
                    others,
                );
            }
        }
    }

    /// Tags and security schemes, which nothing else is named after.
    pub(super) fn give_the_rest(&mut self) {
        let (mut groups, mut schemes) = (std::mem::take(&mut self.groups), std::mem::take(&mut self.schemes));
        self.give_values(schemes.iter_mut().map(|scheme| (vec![scheme.origin.clone()], &mut scheme.name)), &[]);
        let tags: Vec<Vec<Pointer>> = groups.iter().map(|group| self.tag_places(group)).collect();
        self.give_values(tags.into_iter().zip(groups.iter_mut().map(|group| &mut group.module)), MODULES);
        for group in &mut groups {
            group.name_after_module();
        }
        (self.groups, self.schemes) = (groups, schemes);
    }

    /// Where a tag is declared.
    fn tag_places(&self, group: &Group) -> Vec<Pointer> {
        let places = self.openapi.tags.iter().position(|tag| Some(&tag.name) == group.tag.as_ref());
        places.map(|index| Pointer::root().child("tags").child(index)).into_iter().collect()
    }

    /// The name, or the finding that somebody else has it.
    fn taken(&mut self, given: &Given, is_free: bool) -> Option<String> {
        if !is_free {
            let message = format!("`{}` is the name of something else already", given.name);
            self.report(refused(given, message).hint("give it another name, or the other one"));
        }
        is_free.then(|| given.name.clone())
    }

    /// Says which names were of no use, and which ones others would have had.
    pub(super) fn finish_given(&mut self) {
        let wanted: BTreeSet<String> =
            [&self.type_names, &self.method_names, &self.callback_names].iter().flat_map(|scope| scope.wanted()).collect();
        let mut said = Vec::new();
        for (index, given) in self.given.all.iter().enumerate() {
            if names::fault(&given.name).is_some() {
                continue;
            }
            if !self.given.used.contains(&index) {
                let message = format!("nothing at `{}` can be called `{}`", given.written.escape_debug(), given.name);
                said.push(refused(given, message).hint(KINDS));
            } else if [names::type_name(&given.name), names::field_name(&given.name)].iter().any(|name| wanted.contains(name)) {
                said.push(
                    refused(given, format!("`{}` is the name of something else already", given.name))
                        .hint("give it another name, or the other one"),
                );
            }
        }
        for diagnostic in said {
            self.report(diagnostic);
        }
    }
}

const KINDS: &str = "schemas, inline schemas, values of an enum and arms of a union have names with a capital letter; properties, parameters, \
                     tags and security schemes have names without";

fn refused(given: &Given, message: String) -> Diagnostic {
    let related = given.pointers.first().map(|pointer| (Place::at(pointer), "what it is for".to_owned()));
    Diagnostic { place: given.place.clone(), related: related.into_iter().collect(), ..Diagnostic::new(Code::CONFIG_RENAME, message) }
}
