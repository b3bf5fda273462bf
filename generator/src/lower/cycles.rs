//! Recursion and size: which uses of a type need a `Box`, and which aliases must become types of their own.

use crate::model::{Holds, Type, TypeDef, TypeId, TypeKind, Union};

/// Takes away what a type says only by naming itself again: an alias that leads back to itself is any JSON value, and an
/// arm of a union that is the union itself adds nothing to it. Reading either would never come to an end. The indexes of
/// the types that were changed.
pub(super) fn cut_idle(types: &mut [TypeDef]) -> Vec<usize> {
    let mut changed = Vec::new();
    loop {
        let idle = |kind: &TypeKind| matches!(kind, TypeKind::Alias(_) | TypeKind::Newtype(_) | TypeKind::Union(_));
        let Some((from, to)) = closing(types, idle, named_by_value).into_iter().next() else { return changed };
        let Some(def) = types.get_mut(from) else { return changed };
        changed.push(from);
        let kind = std::mem::replace(&mut def.kind, TypeKind::Alias(Type::Any));
        if let TypeKind::Union(mut union) = kind {
            let mut named = Vec::new();
            let kept: Vec<bool> = union
                .arms
                .iter()
                .map(|arm| {
                    named.clear();
                    named_by_value(&arm.ty, &mut named);
                    !named.contains(&to)
                })
                .collect();
            keep_arms(&mut union, &kept);
            if !union.arms.is_empty() {
                def.kind = TypeKind::Union(union);
            }
        }
    }
}

fn keep_arms(union: &mut Union, kept: &[bool]) {
    let is_kept = |arm: usize| kept.get(arm) == Some(&true);
    let moved = |arm: usize| (0..arm).filter(|before| is_kept(*before)).count();
    if let Some(discriminator) = &mut union.discriminator {
        discriminator.mapping.retain(|(_, arm)| is_kept(*arm));
        discriminator.mapping.iter_mut().for_each(|(_, arm)| *arm = moved(*arm));
    }
    if let Holds::Several { alone } = &mut union.holds {
        *alone = moved(*alone);
    }
    let mut kept = kept.iter();
    union.arms.retain(|_| kept.next() == Some(&true));
}

/// Boxes the uses that close a cycle of types held by value, and turns recursive aliases into newtypes.
pub(super) fn break_cycles(types: &mut [TypeDef]) {
    // An alias is expanded in place, however deep it is hidden in lists: a cycle of aliases only never ends.
    for id in closing(types, |kind| matches!(kind, TypeKind::Alias(_)), named_anywhere).into_iter().map(|(from, _)| from) {
        if let Some(def) = types.get_mut(id)
            && let TypeKind::Alias(ty) = &def.kind
        {
            def.kind = TypeKind::Newtype(ty.clone());
        }
    }
    for (from, to) in closing(types, |_| true, named_by_value) {
        if let Some(def) = types.get_mut(from) {
            for ty in held_mut(&mut def.kind) {
                box_uses(ty, TypeId(to));
            }
        }
    }
}

/// About how many bytes a value may have in itself. Schemas that hold each other without a cycle can come to
/// many megabytes, which no stack has: `A` with ten `B`, each with ten `C`, and so on.
const LARGEST: usize = 16 * 1024;

/// Boxes what makes a type large, the largest first. There must be no cycles any more.
pub(super) fn box_large(types: &mut [TypeDef]) {
    let mut sizes: Vec<Option<usize>> = vec![None; types.len()];
    for root in 0..types.len() {
        let mut stack = vec![root];
        while let Some(&node) = stack.last() {
            let Some(def) = types.get_mut(node).filter(|_| sizes.get(node) == Some(&None)) else {
                stack.pop();
                continue;
            };
            let mut targets = Vec::new();
            held_mut(&mut def.kind).into_iter().for_each(|ty| named_by_value(ty, &mut targets));
            let before = stack.len();
            stack.extend(targets.iter().filter(|target| sizes.get(**target) == Some(&None)));
            if stack.len() > before {
                continue;
            }
            stack.pop();
            let of = |id: TypeId| sizes.get(id.0).copied().flatten().unwrap_or_default();
            targets.sort_by_key(|target| of(TypeId(*target)));
            let mut size = size_of_kind(&def.kind, &of);
            while size > LARGEST
                && let Some(largest) = targets.pop()
            {
                held_mut(&mut def.kind).into_iter().for_each(|ty| box_uses(ty, TypeId(largest)));
                size = size_of_kind(&def.kind, &of);
            }
            if let Some(slot) = sizes.get_mut(node) {
                *slot = Some(size);
            }
        }
    }
}

/// About how many bytes a value has.
fn size_of_kind(kind: &TypeKind, of: &dyn Fn(TypeId) -> usize) -> usize {
    match kind {
        TypeKind::Struct(object) => object.fields.iter().map(|field| size(&field.ty, of)).fold(24, usize::saturating_add),
        TypeKind::Enum(_) => 24,
        TypeKind::Union(union) => union.arms.iter().map(|arm| size(&arm.ty, of)).max().unwrap_or_default().max(32) + 8,
        TypeKind::Alias(ty) | TypeKind::Newtype(ty) => size(ty, of),
    }
}

fn size(ty: &Type, of: &dyn Fn(TypeId) -> usize) -> usize {
    match ty {
        Type::Bool | Type::Int(_) | Type::Float | Type::Boxed(_) => 16,
        Type::String | Type::Secret | Type::DateTime | Type::Base64 | Type::List(_) | Type::Map(_) => 24,
        Type::Any | Type::Bytes | Type::File | Type::Blob | Type::Items { .. } => 72,
        Type::Nullable(inner) => size(inner, of).saturating_add(8),
        Type::Named(id) => of(*id),
    }
}

/// The edges that close a cycle in a depth-first walk in the order of the list. Without recursion: documents decide the depth.
fn closing(types: &[TypeDef], included: impl Fn(&TypeKind) -> bool, named: fn(&Type, &mut Vec<usize>)) -> Vec<(usize, usize)> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let edges: Vec<Vec<usize>> = types
        .iter()
        .map(|def| {
            let mut targets = Vec::new();
            if included(&def.kind) {
                for ty in def.kind.uses() {
                    named(ty, &mut targets);
                }
            }
            targets
        })
        .collect();
    let mut state = vec![State::New; types.len()];
    let mut found = Vec::new();
    for root in 0..types.len() {
        if state.get(root) != Some(&State::New) {
            continue;
        }
        let mut stack = vec![(root, 0_usize)];
        if let Some(slot) = state.get_mut(root) {
            *slot = State::Open;
        }
        while let Some((node, next)) = stack.pop() {
            let Some(&target) = edges.get(node).and_then(|targets| targets.get(next)) else {
                if let Some(slot) = state.get_mut(node) {
                    *slot = State::Done;
                }
                continue;
            };
            stack.push((node, next + 1));
            match state.get_mut(target) {
                Some(slot @ State::New) => {
                    *slot = State::Open;
                    stack.push((target, 0));
                }
                Some(State::Open) => found.push((node, target)),
                Some(State::Done) | None => {}
            }
        }
    }
    found.dedup();
    found
}

/// What lies in the value itself; further properties lie in a map.
fn held_mut(kind: &mut TypeKind) -> Vec<&mut Type> {
    match kind {
        TypeKind::Struct(object) => object.fields.iter_mut().map(|field| &mut field.ty).collect(),
        TypeKind::Enum(_) => Vec::new(),
        TypeKind::Union(union) => union.arms.iter_mut().map(|arm| &mut arm.ty).collect(),
        TypeKind::Alias(ty) | TypeKind::Newtype(ty) => vec![ty],
    }
}

fn named_anywhere(ty: &Type, into: &mut Vec<usize>) {
    match ty {
        Type::Named(id) => into.push(id.0),
        Type::List(inner) | Type::Map(inner) | Type::Nullable(inner) => named_anywhere(inner, into),
        _ => {}
    }
}

/// Lists and maps hold their items elsewhere; only what lies in the value itself makes it grow without end.
fn named_by_value(ty: &Type, into: &mut Vec<usize>) {
    match ty {
        Type::Named(id) => into.push(id.0),
        Type::Nullable(inner) => named_by_value(inner, into),
        _ => {}
    }
}

fn box_uses(ty: &mut Type, target: TypeId) {
    match ty {
        Type::Named(id) if *id == target => *ty = Type::Boxed(target),
        Type::Nullable(inner) => box_uses(inner, target),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{box_large, break_cycles};
    use crate::model::{Field, Struct, Type, TypeDef, TypeId, TypeKind};
    use crate::source::Pointer;

    fn def(kind: TypeKind) -> TypeDef {
        TypeDef { name: String::new(), docs: None, origin: Pointer::root(), kind }
    }

    fn object(types: Vec<Type>) -> TypeDef {
        let fields = types
            .into_iter()
            .map(|ty| Field {
                name: String::new(),
                wire: String::new(),
                ty,
                required: true,
                docs: None,
                read_only: false,
                write_only: false,
                deprecated: false,
            })
            .collect();
        def(TypeKind::Struct(Struct { fields, ..Struct::default() }))
    }

    fn types_of(def: &TypeDef) -> Vec<Type> {
        def.kind.uses().cloned().collect()
    }

    #[test]
    fn only_the_use_that_closes_a_cycle_is_boxed() {
        let named = |id| Type::Named(TypeId(id));
        // 0 holds 1 and a list of 0; 1 may hold 0; 2 holds 1
        let mut types = vec![
            object(vec![named(1), Type::List(Box::new(named(0)))]),
            object(vec![Type::Nullable(Box::new(named(0)))]),
            object(vec![named(1)]),
        ];
        break_cycles(&mut types);
        assert_eq!(types_of(&types[0]), [named(1), Type::List(Box::new(named(0)))]);
        assert_eq!(types_of(&types[1]), [Type::Nullable(Box::new(Type::Boxed(TypeId(0))))]);
        assert_eq!(types_of(&types[2]), [named(1)]);
    }

    #[test]
    fn what_is_large_is_boxed() {
        let named = |id| Type::Named(TypeId(id));
        // each holds ten of the next one, which would come to 240 MB
        let mut types: Vec<TypeDef> = (1..8).map(|next| object(vec![named(next); 10])).chain([object(vec![Type::String; 10])]).collect();
        box_large(&mut types);
        let boxed: Vec<bool> = types.iter().map(|def| types_of(def).iter().any(|ty| matches!(ty, Type::Boxed(_)))).collect();
        assert_eq!(boxed, [false, true, false, true, false, true, false, false]);
    }

    #[test]
    fn an_alias_of_itself_becomes_a_type() {
        let list = Type::List(Box::new(Type::Named(TypeId(0))));
        let mut types = vec![def(TypeKind::Alias(list.clone()))];
        break_cycles(&mut types);
        assert_eq!(types[0].kind, TypeKind::Newtype(list));
    }
}
