//! `oneOf` and `anyOf` become unions.

use serde_json::Value;

use super::Lowering;
use super::discriminator;
use super::listed::Listed;
use super::names::{self, Scope};
use super::naming::Hint;
use super::scalar::inferred;
use super::schema::{Shape, nullable};
use super::view::{Choice, Others, Target, Use, View};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Arm, Discriminator, Holds, Type, TypeKind, Union};
use crate::source::Pointer;

/// Two choices are multiplied to one if it has no more arms than this.
const MOST_ARMS: usize = 64;

/// Arms that hold at once become one more arm if that has no more properties than this.
const MOST_TOGETHER: usize = 48;

impl<'a> Lowering<'a> {
    /// Takes the choices out of a view. One whose arms only demand properties (`anyOf: [{required: [to]}, …]`)
    /// constrains the value and shapes nothing.
    pub(super) fn shaped_choices(&self, view: &mut View<'a>) -> Vec<Choice<'a>> {
        let mut choices: Vec<Choice<'a>> = Vec::new();
        for choice in std::mem::take(&mut view.choices) {
            let is_known = choices.iter().any(|known| place(known).is_some() && place(known) == place(&choice));
            if !is_known && choice.arms.iter().any(|arm| !self.fold(arm).is_shapeless()) {
                choices.push(choice);
            }
        }
        choices
    }

    /// The shape of choices, all of which hold: of one arm each.
    pub(super) fn choose(&mut self, choices: Vec<Choice<'a>>, base: View<'a>, hint: &Hint, pointer: &Pointer) -> Shape {
        let mut choices = choices.into_iter();
        let Some(mut whole) = choices.next() else { return Shape::Plain(Type::Any) };
        for choice in choices {
            let Some(product) = self.product(&whole, &choice) else {
                let message = "the choices of the schema have no arms that hold together; it is carried as any JSON value";
                self.report(Diagnostic::new(Code::SCHEMA_CONFLICT, message).at(Place::at(pointer)));
                return Shape::Plain(Type::Any);
            };
            whole = product;
        }
        // A choice inside of its own arms, with something beside it, would go on without end.
        let Some(key) = place(&whole).filter(|_| has_shape(&base)) else { return self.union(&whole, base, hint, pointer) };
        if self.expanding.contains(&key) {
            let message = "the schema is one of its own arms; there it is carried as any JSON value";
            self.report(Diagnostic::new(Code::SCHEMA_CONFLICT, message).at(Place::at(pointer)));
            return Shape::Plain(Type::Any);
        }
        self.expanding.push(key);
        let shape = self.union(&whole, base, hint, pointer);
        self.expanding.pop();
        shape
    }

    /// Two choices as one: every arm of the first with every arm of the second that does not contradict it. `None` if
    /// there are none, or too many.
    fn product(&self, first: &Choice<'a>, second: &Choice<'a>) -> Option<Choice<'a>> {
        let mut arms = Vec::new();
        for one in &first.arms {
            for other in &second.arms {
                let both: Vec<Use<'a>> = one.iter().chain(other).cloned().collect();
                if self.contradicts(&self.fold(&both)) {
                    continue;
                }
                if arms.len() == MOST_ARMS {
                    return None;
                }
                arms.push(both);
            }
        }
        let discriminator = match (first.arms.as_slice(), second.arms.as_slice()) {
            (_, [_]) => first.discriminator,
            ([_], _) => second.discriminator,
            _ => None,
        };
        (!arms.is_empty()).then_some(Choice { arms, discriminator, several: first.several || second.several })
    }

    /// Whether no value fits a conjunction, as far as is seen without looking deep.
    fn contradicts(&self, view: &View<'a>) -> bool {
        let types = view.types.iter().filter(|name| **name != "null").count();
        if types > 1 || view.no_value {
            return true;
        }
        view.properties.iter().filter(|(_, uses)| uses.len() > 1).any(|(_, uses)| {
            let property = self.fold(uses);
            property.no_value || property.types.len() > 1
        })
    }

    /// The shape of a choice; what is said beside it holds of every arm.
    fn union(&mut self, choice: &Choice<'a>, base: View<'a>, hint: &Hint, pointer: &Pointer) -> Shape {
        let mut null = false;
        let mut arms: Vec<Arm> = Vec::new();
        let mut sources: Vec<(&[Use<'a>], usize)> = Vec::new();
        let mut scope = Scope::default();
        let views: Vec<View<'a>> = choice.arms.iter().map(|arm| self.fold(arm)).collect();
        // What an arm does not declare and has to have all the same needs a place in it.
        let lacks = |view: &View<'a>| !view.properties.is_empty() && base.required.iter().any(|name| !view.properties.contains_key(name));
        let has_base = has_shape(&base) || views.iter().any(lacks);
        let titles = self.titles(choice, &views, has_base);
        let listed = if has_base { Vec::new() } else { self.listed(choice, &views) };
        if let Some(shape) = self.only_listed(&listed, &views, hint, pointer) {
            return shape;
        }
        let mut absorbed: Vec<(&[Use<'a>], usize)> = Vec::new();
        let mut chosen: Vec<(usize, usize)> = Vec::new();
        for (index, ((parts, view), title)) in choice.arms.iter().zip(&views).zip(&titles).enumerate() {
            if is_null(view) {
                null = true;
                continue;
            }
            if let Some(group) = listed.iter().find(|group| group.absorbs(index)) {
                absorbed.push((parts, group.chosen));
                continue;
            }
            let group = listed.iter().find(|group| group.chosen == index && group.whole.is_some());
            let title = group.map_or(title.as_str(), |group| group.name);
            let inner = hint.arm(title);
            let titled = group.is_none() && view.title.is_some();
            let ty = if has_base {
                let mut whole = base.clone();
                whole.merge(view.clone());
                let place = parts.first().map_or(pointer, |part| &part.pointer);
                self.lower_view(whole, &inner, place)
            } else if let Some(whole) = group.and_then(|group| group.whole.as_ref()) {
                let place = parts.first().map_or(pointer, |part| &part.pointer);
                nullable(self.lower_view(whole.clone(), &inner, place), whole.nullable)
            } else {
                self.lower_all(parts, &inner)
            };
            let ty = match ty {
                Type::Nullable(inner) => {
                    null = true;
                    *inner
                }
                other => other,
            };
            if let Some(known) = arms.iter().position(|arm| arm.ty == ty) {
                sources.push((parts, known));
                chosen.push((index, known));
                continue;
            }
            sources.push((parts, arms.len()));
            chosen.push((index, arms.len()));
            let name = scope.claim(&arm_name(parts, &ty, titled, title));
            arms.push(Arm { name, ty });
        }
        let arm_of = |index: usize| chosen.iter().find(|(known, _)| *known == index).map(|(_, arm)| *arm);
        sources.extend(absorbed.into_iter().filter_map(|(parts, index)| Some((parts, arm_of(index)?))));
        if arms.len() <= 1 {
            let only = arms.pop().map_or(Type::Any, |arm| arm.ty);
            return Shape::Plain(nullable(only, null));
        }
        let place = |index: usize| {
            let of_arm = sources.iter().filter(|(_, arm)| *arm == index);
            of_arm.flat_map(|(parts, _)| parts.iter().map(|part| part.pointer.clone())).collect()
        };
        let other = scope.claim_other();
        self.give_variants(arms.iter_mut().enumerate().map(|(index, arm)| (place(index), &mut arm.name)), &[&other]);
        let discriminator = self.discriminator(choice, &sources);
        let mut holds = Holds::One;
        if choice.several && discriminator.is_none() {
            holds = self.together(&views, &base, &mut arms, &mut scope, hint, pointer);
        }
        let kind = TypeKind::Union(Union { arms, discriminator, holds, other });
        if null { self.nullable_union(kind, hint, pointer) } else { Shape::Named(kind) }
    }

    /// What each arm is called in case that its type does not say.
    fn titles(&self, choice: &Choice<'a>, views: &[View<'a>], has_base: bool) -> Vec<String> {
        let titles = choice.arms.iter().enumerate().map(|(index, parts)| match (parts.as_slice(), views.get(index)) {
            // an arm with something beside it is a type of its own, and still called by what it refers to
            ([Use { schema: Target::Reference(reference), .. }], Some(view)) if has_base && view.title.is_none() => {
                names::variant_name(reference.rsplit('/').next().unwrap_or_default())
            }
            _ => self.tag_name(views, index).unwrap_or_else(|| title(views, index)),
        });
        titles.collect()
    }

    /// The enum that a choice is if all of its arms list values.
    fn only_listed(&mut self, listed: &[Listed<'a>], views: &[View<'a>], hint: &Hint, pointer: &Pointer) -> Option<Shape> {
        let [Listed { arms, chosen: _, whole: Some(whole), name: _ }] = listed else { return None };
        let others = views.iter().enumerate().filter(|(index, _)| !arms.contains(index));
        let nulls = others.clone().filter(|(_, view)| is_null(view)).count();
        if nulls < others.count() {
            return None;
        }
        let null = nulls > 0 || whole.nullable;
        Some(match self.shape(whole.clone(), hint, pointer) {
            Shape::Named(kind) if null => self.nullable_union(kind, hint, pointer),
            Shape::Plain(ty) => Shape::Plain(nullable(ty, null)),
            named => named,
        })
    }

    /// How the arms are told apart: as declared, or by a property whose values no two arms share.
    fn discriminator(&self, choice: &Choice<'a>, sources: &[(&[Use<'a>], usize)]) -> Option<Discriminator> {
        let arms: Vec<(Option<&str>, View<'a>, usize)> = sources
            .iter()
            .map(|(parts, arm)| {
                let reference = match parts {
                    [Use { schema: Target::Reference(reference), pointer: _ }] => Some(*reference),
                    _ => None,
                };
                (reference, self.fold(parts), *arm)
            })
            .collect();
        match choice.discriminator {
            Some(declared) => self.declared_tags(declared, &arms),
            None => self.implied_tags(&arms),
        }
    }

    /// Adds an arm for what several arms of an `anyOf` hold at once: all properties of all of them. Nothing is required
    /// in it that only some of them require, so that it also takes what only some of them hold of.
    fn together(
        &mut self,
        views: &[View<'a>],
        base: &View<'a>,
        arms: &mut Vec<Arm>,
        scope: &mut Scope,
        hint: &Hint,
        pointer: &Pointer,
    ) -> Holds {
        if views.iter().filter(|view| may_be_object(view)).count() < 2 {
            return Holds::One;
        }
        let alone = arms.len();
        let open: Vec<&View<'a>> = views.iter().filter(|view| is_open_object(view)).collect();
        let mut grouped = vec![false; open.len()];
        for first in 0..open.len() {
            if grouped.get(first) == Some(&true) {
                continue;
            }
            let Some(mut whole) = self.beside(&open, first, &mut grouped) else { continue };
            (whole.title, whole.description) = (None, None);
            whole.merge(base.clone());
            let ty = self.lower_view(whole, &hint.arm("Together"), pointer);
            if arms.iter().all(|arm| arm.ty != ty) {
                arms.push(Arm { name: scope.claim("Together"), ty });
            }
        }
        Holds::Several { alone }
    }

    /// What this arm and all others that do not contradict it have together; `None` where that is no more than one of
    /// them has, which reads what holds of the others as well, or more than is worth a type.
    fn beside(&self, open: &[&View<'a>], first: usize, grouped: &mut [bool]) -> Option<View<'a>> {
        let mut whole = (*open.get(first)?).clone();
        let mut largest = whole.properties.len();
        for (index, view) in open.iter().enumerate().filter(|(index, _)| *index != first) {
            let mut both = whole.clone();
            both.merge((*view).clone());
            if both.properties.len() > MOST_TOGETHER || self.contradicts(&both) {
                continue;
            }
            // `required` is what all of them require, where a conjunction demands what any of them does
            both.required.retain(|name| whole.required.contains(name) && view.required.contains(name));
            // a property that two arms have in the same words is one
            for uses in both.properties.values_mut() {
                let mut seen: Vec<Target<'a>> = Vec::new();
                uses.retain(|part| {
                    let is_new = !seen.contains(&part.schema);
                    seen.push(part.schema);
                    is_new
                });
            }
            largest = largest.max(view.properties.len());
            whole = both;
            if let Some(grouped) = grouped.get_mut(index) {
                *grouped = true;
            }
        }
        (whole.properties.len() > largest).then_some(whole)
    }

    /// A union with `null` among its arms: the union is named, its use is nullable.
    fn nullable_union(&mut self, kind: TypeKind, hint: &Hint, pointer: &Pointer) -> Shape {
        let id = self.intern(kind, None, hint, pointer);
        Shape::Plain(nullable(Type::Named(id), true))
    }

    /// As declared: values of the mapping, and for arms that it leaves out the schema's own name and the values that the
    /// arm itself allows and no other does. `None` if there is an arm that no value leads to: a mapping to files that are not
    /// there, beside arms that list the values of all.
    fn declared_tags(&self, declared: &openapiv3::Discriminator, arms: &[(Option<&str>, View<'a>, usize)]) -> Option<Discriminator> {
        let property = &declared.property_name;
        let last = |reference: &str| reference.rsplit('/').next().unwrap_or_default().to_owned();
        let mut mapping: Vec<(String, usize)> = Vec::new();
        let mut unnamed: Vec<(String, usize)> = Vec::new();
        for (reference, view, arm) in arms {
            let name = reference.map(last);
            let mapped = declared.mapping.iter().filter(|(_, target)| {
                reference.is_some_and(|reference| *target == reference) || name.as_ref().is_some_and(|name| last(target) == *name)
            });
            let before = mapping.len();
            mapping.extend(mapped.map(|(value, _)| (value.clone(), *arm)));
            if before == mapping.len() {
                mapping.extend(name.map(|name| (name, *arm)));
                unnamed.extend(self.tags(view, property).unwrap_or_default().into_iter().map(|value| (value, *arm)));
            }
        }
        for (value, arm) in &unnamed {
            let is_own = unnamed.iter().all(|(other, of)| other != value || of == arm);
            if is_own && mapping.iter().all(|(known, _)| known != value) {
                mapping.push((value.clone(), *arm));
            }
        }
        let is_reached = |(_, view, arm): &(Option<&str>, View<'a>, usize)| {
            let allowed = self.tags(view, property);
            mapping.iter().any(|(value, of)| of == arm && allowed.as_ref().is_none_or(|allowed| allowed.contains(value)))
        };
        arms.iter().all(is_reached).then(|| Discriminator { property: property.clone(), mapping })
    }

    /// The first property that every arm has, with values that no other arm allows.
    fn implied_tags(&self, arms: &[(Option<&str>, View<'a>, usize)]) -> Option<Discriminator> {
        let (_, first, _) = arms.first()?;
        first.properties.keys().find_map(|property| {
            let mut mapping: Vec<(String, usize)> = Vec::new();
            for (_, view, arm) in arms {
                let is_object = view.types.iter().all(|name| *name == "object") && view.choices.is_empty();
                for value in self.tags(view, property).filter(|_| is_object)? {
                    match mapping.iter().find(|(known, _)| *known == value) {
                        Some((_, other)) if other != arm => return None,
                        Some(_) => {}
                        None => mapping.push((value, *arm)),
                    }
                }
            }
            Some(Discriminator { property: (*property).to_owned(), mapping })
        })
    }

    /// What the only value of a property calls an arm without a title, where the others have other values.
    fn tag_name(&self, views: &[View<'a>], index: usize) -> Option<String> {
        let view = views.get(index).filter(|view| view.title.is_none())?;
        view.properties.keys().find_map(|property| {
            let values = self.tags(view, property)?;
            let differs = views.iter().filter_map(|other| self.tags(other, property)).any(|other| other != values);
            match values.as_slice() {
                [value] if differs && !value.is_empty() => Some(names::variant_name(value)),
                _ => None,
            }
        })
    }

    /// The only values of a property, as text.
    fn tags(&self, view: &View<'a>, property: &str) -> Option<Vec<String>> {
        let values = self.fold(view.properties.get(property)?).values;
        let texts: Option<Vec<String>> = values.iter().map(discriminator::text).collect();
        texts.filter(|texts| !texts.is_empty())
    }
}

/// Where a choice stands: by its arms.
fn place(choice: &Choice<'_>) -> Option<Pointer> {
    choice.arms.first().and_then(|arm| arm.first()).map(|part| part.pointer.clone())
}

/// Whether something is said beside a choice that shapes its arms.
fn has_shape(base: &View<'_>) -> bool {
    !base.properties.is_empty() || !matches!(base.others, Others::Unsaid)
}

/// Whether an object may fit.
fn may_be_object(view: &View<'_>) -> bool {
    view.values.is_empty() && view.types.iter().all(|name| *name == "object") && !is_null(view)
}

/// An object that may have other properties than its own.
fn is_open_object(view: &View<'_>) -> bool {
    may_be_object(view) && !view.properties.is_empty() && view.choices.is_empty() && matches!(view.others, Others::Unsaid)
}

/// What an arm is called in case that its type does not say: its title, the property that it alone demands or has, or
/// else its number.
fn title(views: &[View<'_>], index: usize) -> String {
    let Some(view) = views.get(index) else { return String::new() };
    if let Some(title) = view.title {
        return names::variant_name(title);
    }
    let mut others = views.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, view)| view);
    if !view.items.is_empty() {
        return "List".to_owned();
    }
    let kind = match view.types.as_slice() {
        [name] => *name,
        [] if !view.values.is_empty() => inferred(view),
        _ => "",
    };
    match kind {
        "string" => return "String".to_owned(),
        "integer" => return "Integer".to_owned(),
        "number" => return "Number".to_owned(),
        _ => {}
    }
    if !view.properties.is_empty() && others.clone().all(|other| other.properties.is_empty()) {
        return "Object".to_owned();
    }
    let demanded = view.required.iter().find(|name| others.clone().all(|other| !other.required.contains(name)));
    let had = view.properties.keys().find(|name| others.all(|other| !other.properties.contains_key(*name)));
    demanded.or(had).map_or_else(|| format!("Variant{}", index + 1), |name| names::variant_name(name))
}

fn arm_name(parts: &[Use<'_>], ty: &Type, titled: bool, title: &str) -> String {
    if let ([Use { schema: Target::Reference(reference), pointer: _ }], Type::Named(_)) = (parts, ty) {
        return names::variant_name(reference.rsplit('/').next().unwrap_or_default());
    }
    if titled {
        return title.to_owned();
    }
    match ty {
        Type::Any => "Any".to_owned(),
        Type::Bool => "Boolean".to_owned(),
        Type::Int(_) => "Integer".to_owned(),
        Type::Float => "Number".to_owned(),
        Type::String | Type::Secret => "String".to_owned(),
        Type::DateTime => "DateTime".to_owned(),
        Type::Base64 | Type::Bytes | Type::File | Type::Blob | Type::Items { .. } => "Bytes".to_owned(),
        Type::List(_) => "List".to_owned(),
        Type::Map(_) => "Map".to_owned(),
        Type::Nullable(inner) => arm_name(parts, inner, titled, title),
        Type::Named(_) | Type::Boxed(_) => title.to_owned(),
    }
}

/// Whether a schema allows `null` and nothing else.
fn is_null(view: &View<'_>) -> bool {
    view.types == ["null"] || (!view.values.is_empty() && view.values.iter().all(Value::is_null))
}
