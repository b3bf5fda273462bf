//! `oneOf` and `anyOf` become unions.

use serde_json::Value;

use super::Lowering;
use super::names::{self, Scope};
use super::naming::Hint;
use super::schema::{Shape, nullable};
use super::view::{Choice, Others, Target, Use, View};
use crate::model::{Arm, Discriminator, Type, TypeKind, Union};
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// Takes the choices out of a view. One whose arms only demand properties (`anyOf: [{required: [to]}, …]`)
    /// constrains the value and shapes nothing.
    pub(super) fn shaped_choices(&self, view: &mut View<'a>) -> Vec<Choice<'a>> {
        let mut choices = std::mem::take(&mut view.choices);
        choices.retain(|choice| choice.arms.iter().any(|arm| !self.fold(std::slice::from_ref(arm)).is_shapeless()));
        choices
    }

    /// The shape of a choice; what is said beside it holds of every arm.
    pub(super) fn union(&mut self, choice: &Choice<'a>, base: View<'a>, hint: &Hint, pointer: &Pointer) -> Shape {
        let has_base = !base.properties.is_empty() || !matches!(base.others, Others::Unsaid);
        let mut null = false;
        let mut arms: Vec<Arm> = Vec::new();
        let mut sources: Vec<(&Use<'a>, usize)> = Vec::new();
        let mut scope = Scope::default();
        let views: Vec<View<'a>> = choice.arms.iter().map(|arm| self.fold(std::slice::from_ref(arm))).collect();
        let titles: Vec<String> = (0..views.len()).map(|index| title(&views, index)).collect();
        for ((part, view), title) in choice.arms.iter().zip(views).zip(&titles) {
            if is_null(&view) {
                null = true;
                continue;
            }
            let inner = hint.arm(title);
            let titled = view.title.is_some();
            let ty = if has_base {
                let mut whole = base.clone();
                whole.merge(view);
                self.lower_view(whole, &inner, &part.pointer)
            } else {
                self.lower_use(part, &inner)
            };
            let ty = match ty {
                Type::Nullable(inner) => {
                    null = true;
                    *inner
                }
                other => other,
            };
            if let Some(known) = arms.iter().position(|arm| arm.ty == ty) {
                sources.push((part, known));
                continue;
            }
            sources.push((part, arms.len()));
            let name = scope.claim(&arm_name(part, &ty, titled, title));
            arms.push(Arm { name, ty });
        }
        if arms.len() <= 1 {
            let only = arms.pop().map_or(Type::Any, |arm| arm.ty);
            return Shape::Plain(nullable(only, null));
        }
        let place = |index: usize| sources.iter().filter(|(_, arm)| *arm == index).map(|(part, _)| part.pointer.clone()).collect();
        self.give_variants(arms.iter_mut().enumerate().map(|(index, arm)| (place(index), &mut arm.name)));
        let discriminator = choice.discriminator.map(|declared| discriminator(declared, &sources));
        let other = scope.claim_first(&["Other".to_owned(), "Unknown".to_owned(), "OtherValue".to_owned()], &[]);
        let kind = TypeKind::Union(Union { arms, discriminator, other });
        if null { self.nullable_union(kind, hint, pointer) } else { Shape::Named(kind) }
    }

    /// A union with `null` among its arms: the union is named, its use is nullable.
    fn nullable_union(&mut self, kind: TypeKind, hint: &Hint, pointer: &Pointer) -> Shape {
        let id = self.intern(kind, None, hint, pointer);
        Shape::Plain(nullable(Type::Named(id), true))
    }
}

/// What an arm is called in case that its type does not say: its title, the property that it alone demands or has, or
/// else its number.
fn title(views: &[View<'_>], index: usize) -> String {
    let Some(view) = views.get(index) else { return String::new() };
    if let Some(title) = view.title {
        return names::variant_name(title);
    }
    let mut others = views.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, view)| view);
    if view.items.is_some() {
        return "List".to_owned();
    }
    if !view.properties.is_empty() && others.clone().all(|other| other.properties.is_empty()) {
        return "Object".to_owned();
    }
    let demanded = view.required.iter().find(|name| others.clone().all(|other| !other.required.contains(name)));
    let had = view.properties.keys().find(|name| others.all(|other| !other.properties.contains_key(*name)));
    demanded.or(had).map_or_else(|| format!("Variant{}", index + 1), |name| names::variant_name(name))
}

fn arm_name(part: &Use<'_>, ty: &Type, titled: bool, title: &str) -> String {
    if let (Target::Reference(reference), Type::Named(_)) = (part.schema, ty) {
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
        Type::Nullable(inner) => arm_name(part, inner, titled, title),
        Type::Named(_) | Type::Boxed(_) => title.to_owned(),
    }
}

/// Values of the discriminating property: those of the mapping, and the schema's own name for arms that it leaves out.
fn discriminator(declared: &openapiv3::Discriminator, sources: &[(&Use<'_>, usize)]) -> Discriminator {
    let mut mapping: Vec<(String, usize)> = Vec::new();
    let last = |reference: &str| reference.rsplit('/').next().unwrap_or_default().to_owned();
    for (part, arm) in sources {
        let Target::Reference(reference) = part.schema else { continue };
        let name = last(reference);
        let mut named = false;
        for (value, target) in &declared.mapping {
            if *target == reference || last(target) == name {
                mapping.push((value.clone(), *arm));
                named = true;
            }
        }
        if !named {
            mapping.push((name, *arm));
        }
    }
    Discriminator { property: declared.property_name.clone(), mapping }
}

/// Whether a schema allows `null` and nothing else.
fn is_null(view: &View<'_>) -> bool {
    view.types == ["null"] || (!view.values.is_empty() && view.values.iter().all(Value::is_null))
}
