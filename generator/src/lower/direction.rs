//! `readOnly` and `writeOnly`: a property is required only in the direction that it travels. A type whose two directions
//! demand different things, and that is used in both, becomes two: `User` in answers, `UserInput` in requests.
//!
//! Both have all properties. A client that sends a read-only property back, as after a read, is in nobody's way, and what
//! it sent is not lost.

use std::collections::{BTreeMap, BTreeSet};

use super::names::Scope;
use crate::model::{Operation, Type, TypeDef, TypeId, TypeKind};

/// Where a value travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Request,
    Response,
}

/// Decides what is required, and splits the types that need it.
pub(super) fn split<'o>(types: &mut Vec<TypeDef>, operations: impl Iterator<Item = &'o mut Operation>, names: &mut Scope) {
    let split = differing(types);
    let mut operations: Vec<&mut Operation> = operations.collect();
    let (mut sent, mut answered) = (Vec::new(), Vec::new());
    for operation in &mut operations {
        let (out, back) = operation.types_mut();
        sent.extend(out.into_iter().map(|ty| ty.clone()));
        answered.extend(back.into_iter().map(|ty| ty.clone()));
    }
    let (sent, answered) = (reachable(types, &sent), reachable(types, &answered));
    // The types of requests by those that they part from.
    let mut inputs: BTreeMap<TypeId, TypeId> = BTreeMap::new();
    for id in split.iter().filter(|id| sent.contains(id) && answered.contains(id)) {
        let Some(def) = types.get(id.0) else { continue };
        let name = names.claim(&format!("{}Input", def.name));
        let input = TypeDef { name, ..def.clone() };
        inputs.insert(*id, TypeId(types.len()));
        types.push(input);
    }
    for id in 0..types.len() {
        let id = TypeId(id);
        let is_input = inputs.values().any(|input| *input == id) || (sent.contains(&id) && !answered.contains(&id));
        let direction = if is_input { Direction::Request } else { Direction::Response };
        if let Some(def) = types.get_mut(id.0) {
            demand(&mut def.kind, direction);
            if is_input {
                def.kind.uses_mut().for_each(|ty| redirect(ty, &inputs));
            }
        }
    }
    for operation in operations {
        operation.types_mut().0.into_iter().for_each(|ty| redirect(ty, &inputs));
    }
}

/// Types that demand different things in the two directions, themselves or by what they hold.
fn differing(types: &[TypeDef]) -> BTreeSet<TypeId> {
    let mut holders: BTreeMap<TypeId, Vec<TypeId>> = BTreeMap::new();
    let mut open = Vec::new();
    for (index, def) in types.iter().enumerate() {
        if one_way(&def.kind) {
            open.push(TypeId(index));
        }
        for held in def.kind.uses().filter_map(Type::definition) {
            holders.entry(held).or_default().push(TypeId(index));
        }
    }
    let mut found = BTreeSet::new();
    while let Some(id) = open.pop() {
        if found.insert(id) {
            open.extend(holders.get(&id).into_iter().flatten());
        }
    }
    found
}

/// Whether an object requires a property in one direction only.
fn one_way(kind: &TypeKind) -> bool {
    match kind {
        TypeKind::Struct(object) => object.fields.iter().any(|field| field.required && field.read_only != field.write_only),
        TypeKind::Enum(_) | TypeKind::Union(_) | TypeKind::Alias(_) | TypeKind::Newtype(_) => false,
    }
}

/// Takes back what is required in the other direction only.
fn demand(kind: &mut TypeKind, direction: Direction) {
    if let TypeKind::Struct(object) = kind {
        for field in &mut object.fields {
            field.required &= match direction {
                Direction::Request => !field.read_only,
                Direction::Response => !field.write_only,
            };
        }
    }
}

/// All definitions that values of these types are made of.
fn reachable(types: &[TypeDef], from: &[Type]) -> BTreeSet<TypeId> {
    let mut open: Vec<TypeId> = from.iter().filter_map(Type::definition).collect();
    let mut found = BTreeSet::new();
    while let Some(id) = open.pop() {
        if found.insert(id)
            && let Some(def) = types.get(id.0)
        {
            open.extend(def.kind.uses().filter_map(Type::definition));
        }
    }
    found
}

fn redirect(ty: &mut Type, inputs: &BTreeMap<TypeId, TypeId>) {
    match ty {
        Type::Named(id) | Type::Boxed(id) => *id = inputs.get(id).copied().unwrap_or(*id),
        Type::List(inner) | Type::Map(inner) | Type::Nullable(inner) => redirect(inner, inputs),
        _ => {}
    }
}
