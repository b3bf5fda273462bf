//! A part of an API: some operations and schemas with all that they need. What stays is what it is in the whole: nothing is
//! called or shaped differently because something else is left out.

use std::collections::{BTreeMap, BTreeSet};

use super::{Api, Operation, Type, TypeId};
use crate::source::Pointer;

/// Where things are after others were left out, by where they were.
type Moved = BTreeMap<usize, usize>;

impl Api {
    /// Leaves out all operations and callbacks but those that stand at these places of the normalised document, and then
    /// all types but those that are used and those that stand at the places of `schemas`; groups, globals, receivers and
    /// security schemes too.
    pub fn retain(&mut self, operations: &BTreeSet<Pointer>, schemas: &BTreeSet<Pointer>) {
        self.operations.retain(|operation| operations.contains(&operation.origin));
        self.callbacks.retain(|callback| operations.contains(&callback.operation.origin));
        let used = |all: &mut dyn Iterator<Item = usize>| all.collect::<BTreeSet<_>>();
        let globals = used(&mut self.every().flat_map(|operation| operation.globals.iter().map(|global| global.global)));
        let globals = compact(&mut self.globals, &globals);
        let requirements = |operation: &Operation| operation.security.alternatives.concat().into_iter().map(|one| one.scheme);
        let schemes = used(&mut self.every().flat_map(requirements));
        let schemes = compact(&mut self.security_schemes, &schemes);
        let receivers = compact(&mut self.receivers, &used(&mut self.callbacks.iter().map(|callback| callback.receiver)));
        let groups = used(&mut self.every().map(|operation| operation.group).chain(self.receivers.iter().map(|receiver| receiver.group)));
        let groups = compact(&mut self.groups, &groups);
        for receiver in &mut self.receivers {
            put(&mut receiver.group, &groups);
        }
        for callback in &mut self.callbacks {
            put(&mut callback.receiver, &receivers);
        }
        let callbacks = self.callbacks.iter_mut().map(|callback| &mut callback.operation);
        for operation in self.operations.iter_mut().chain(callbacks) {
            put(&mut operation.group, &groups);
            operation.globals.iter_mut().for_each(|global| put(&mut global.global, &globals));
            operation.security.alternatives.iter_mut().flatten().for_each(|requirement| put(&mut requirement.scheme, &schemes));
        }
        self.retain_types(schemas);
    }

    fn every(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter().chain(self.callbacks.iter().map(|callback| &callback.operation))
    }

    fn retain_types(&mut self, schemas: &BTreeSet<Pointer>) {
        let mut uses: Vec<TypeId> = self.roots().iter().filter_map(|ty| ty.definition()).collect();
        let mut open = uses.clone();
        let named = self.shapes.named;
        let held = self.types.iter().take(named).enumerate().filter(|(_, def)| schemas.contains(&def.origin));
        open.extend(held.map(|(index, _)| TypeId(index)));
        let mut kept = BTreeSet::new();
        while let Some(TypeId(index)) = open.pop() {
            if let (true, Some(def)) = (kept.insert(index), self.types.get(index)) {
                let before = uses.len();
                uses.extend(def.kind.uses().filter_map(Type::definition));
                open.extend(uses.iter().skip(before));
            }
        }
        // Those that the document names come first, those that it does not next, inputs last.
        let unnamed = named..named + self.shapes.unnamed;
        self.shapes.named = kept.range(..named).count();
        self.shapes.unnamed = kept.range(unnamed.clone()).count();
        self.shapes.inputs = kept.range(unnamed.end..).count();
        self.shapes.places = uses.iter().filter(|id| unnamed.contains(&id.0)).count();
        let moved = compact(&mut self.types, &kept);
        for ty in self.types.iter_mut().flat_map(|def| def.kind.uses_mut()) {
            redirect(ty, &moved);
        }
        for ty in self.roots() {
            redirect(ty, &moved);
        }
    }

    /// The types that operations and globals name.
    fn roots(&mut self) -> Vec<&mut Type> {
        let callbacks = self.callbacks.iter_mut().map(|callback| &mut callback.operation);
        let mut roots: Vec<&mut Type> = self.globals.iter_mut().map(|global| &mut global.parameter.ty).collect();
        for operation in self.operations.iter_mut().chain(callbacks) {
            let (sent, answered) = operation.types_mut();
            roots.extend(sent.into_iter().chain(answered));
        }
        roots
    }
}

/// Keeps the items at these places, and says where they are now.
fn compact<T>(items: &mut Vec<T>, kept: &BTreeSet<usize>) -> Moved {
    let mut index = 0;
    items.retain(|_| {
        index += 1;
        kept.contains(&(index - 1))
    });
    kept.iter().enumerate().map(|(now, before)| (*before, now)).collect()
}

fn put(index: &mut usize, moved: &Moved) {
    *index = moved.get(index).copied().unwrap_or(*index);
}

fn redirect(ty: &mut Type, moved: &Moved) {
    match ty {
        Type::Named(id) | Type::Boxed(id) => put(&mut id.0, moved),
        Type::List(inner) | Type::Map(inner) | Type::Nullable(inner) => redirect(inner, moved),
        _ => {}
    }
}
