//! The property that tells the arms of a union apart is written by each of them, whether or not its schema says so.

use super::names::{self, Scope};
use crate::model::{Additional, Field, Struct, Type, TypeDef, TypeKind};

/// Adds the discriminating property to every struct among the arms that does not declare it: without a field it would be
/// read, to choose the arm, and then be lost. It is optional, because the struct may be used outside of the union too.
pub(super) fn declare_tags(types: &mut [TypeDef]) {
    let mut missing: Vec<(usize, String)> = Vec::new();
    for def in types.iter() {
        let TypeKind::Union(union) = &def.kind else { continue };
        let Some(discriminator) = &union.discriminator else { continue };
        for id in union.arms.iter().filter_map(|arm| definition(types, &arm.ty)) {
            missing.push((id, discriminator.property.clone()));
        }
    }
    for (id, property) in missing {
        if let Some(TypeDef { kind: TypeKind::Struct(object), .. }) = types.get_mut(id) {
            declare(object, property);
        }
    }
}

/// The definition behind a type, through aliases.
fn definition(types: &[TypeDef], ty: &Type) -> Option<usize> {
    let mut ty = ty;
    for _ in 0..64 {
        let (Type::Named(id) | Type::Boxed(id)) = ty else { return None };
        match &types.get(id.0)?.kind {
            TypeKind::Alias(inner) => ty = inner,
            _ => return Some(id.0),
        }
    }
    None
}

fn declare(object: &mut Struct, property: String) {
    let Struct { fields, additional } = object;
    if fields.iter().any(|field| field.wire == property) {
        return;
    }
    let mut taken: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    if let Additional::Kept { field, ty: _ } = additional {
        taken.push(field);
    }
    fields.push(Field {
        name: Scope::reserving(&taken).claim(&names::field_name(&property)),
        wire: property,
        ty: Type::String,
        required: false,
        docs: Some("Tells the shapes of a union apart.".to_owned()),
        read_only: false,
        write_only: false,
        deprecated: false,
    });
}
