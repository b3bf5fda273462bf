//! The property that tells the arms of a union apart is declared by the discriminator, whether or not an arm says so too:
//! an arm that does not would lose it between reading and writing.

use std::collections::BTreeSet;

use serde_json::Value;

use super::names::{self, Scope};
use crate::model::{Additional, Field, Type, TypeDef, TypeId, TypeKind};

/// Gives every arm that is an object the discriminator's property, optional, where it is not declared.
pub(super) fn declare(types: &mut [TypeDef]) {
    let unions = types.iter().filter_map(|def| match &def.kind {
        TypeKind::Union(union) => union.discriminator.as_ref().map(|discriminator| (union, discriminator)),
        TypeKind::Struct(_) | TypeKind::Enum(_) | TypeKind::Alias(_) | TypeKind::Newtype(_) => None,
    });
    let mut wanted: Vec<(usize, String)> = Vec::new();
    for (union, discriminator) in unions {
        let objects = objects(types, union.arms.iter().map(|arm| &arm.ty));
        wanted.extend(objects.into_iter().map(|object| (object, discriminator.property.clone())));
    }
    for (object, property) in wanted {
        if let Some(TypeDef { kind: TypeKind::Struct(object), .. }) = types.get_mut(object)
            && object.fields.iter().all(|field| field.wire != property)
        {
            let mut scope = Scope::default();
            for field in &object.fields {
                scope.claim(&field.name);
            }
            if let Additional::Kept { field, .. } = &object.additional {
                scope.claim(field);
            }
            object.fields.push(field(scope.claim(&names::field_name(&property)), property));
        }
    }
}

/// A scalar as the text by which the runtime compares it.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) => Some(value.to_string()),
        Value::Number(number) => number.as_i64().map(|number| number.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn field(name: String, wire: String) -> Field {
    let docs = Some("Tells the shapes of a union apart.".to_owned());
    Field { name, wire, ty: Type::String, required: false, docs, read_only: false, write_only: false, deprecated: false }
}

/// The objects that these types come down to, through names and through unions.
fn objects<'t>(types: &'t [TypeDef], arms: impl Iterator<Item = &'t Type>) -> BTreeSet<usize> {
    let mut open: Vec<&Type> = arms.collect();
    let mut seen: BTreeSet<TypeId> = BTreeSet::new();
    let mut objects = BTreeSet::new();
    while let Some(ty) = open.pop() {
        match ty {
            Type::Nullable(inner) => open.push(inner),
            Type::Named(id) | Type::Boxed(id) if seen.insert(*id) => match types.get(id.0).map(|def| &def.kind) {
                Some(TypeKind::Struct(_)) => drop(objects.insert(id.0)),
                Some(TypeKind::Union(union)) => open.extend(union.arms.iter().map(|arm| &arm.ty)),
                Some(TypeKind::Alias(inner) | TypeKind::Newtype(inner)) => open.push(inner),
                Some(TypeKind::Enum(_)) | None => {}
            },
            _ => {}
        }
    }
    objects
}
