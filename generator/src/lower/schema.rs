//! Schemas become types: which Rust shape a view has, and which name it gets.

use std::collections::BTreeSet;

use openapiv3::{AnySchema, SchemaKind};

use super::Lowering;
use super::default;
use super::names::{self, Scope};
use super::naming::Hint;
use super::scalar::inferred;
use super::view::{self, Others, Target, Use, View};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Additional, Field, Struct, Type, TypeDef, TypeId, TypeKind};
use crate::source::Pointer;

/// A decided shape: a plain type, or one that needs a name.
pub(super) enum Shape {
    Plain(Type),
    Named(TypeKind),
}

/// What schemas say besides the shape of a value.
#[derive(Debug, Clone)]
pub(super) struct Said {
    nullable: bool,
    docs: Option<String>,
    read_only: bool,
    write_only: bool,
    deprecated: bool,
}

/// Inline schemas nested deeper than this are carried as any JSON value: the runtime reads no deeper.
const MAX_DEPTH: usize = 100;

impl<'a> Lowering<'a> {
    /// The type of a schema in use.
    pub(super) fn lower_use(&mut self, part: &Use<'a>, hint: &Hint) -> Type {
        if let Target::Reference(reference) = part.schema {
            return self.reference_type(reference, &part.pointer);
        }
        if let Some(known) = self.by_pointer.get(&part.pointer) {
            return known.clone();
        }
        if let Some(open) = self.open.get(&part.pointer).copied() {
            return self.recursion(open, part);
        }
        self.open.insert(part.pointer.clone(), None);
        let mut ty = self.lower_parts(std::slice::from_ref(part), hint);
        if let Some(Some(id)) = self.open.remove(&part.pointer) {
            ty = self.close(id, ty, hint);
        }
        self.by_pointer.insert(part.pointer.clone(), ty.clone());
        ty
    }

    /// An inline schema that holds itself, as `child: {allOf: [{$ref: parent}, …]}` does: a type that gets its shape when
    /// the outer one is done.
    fn recursion(&mut self, open: Option<TypeId>, part: &Use<'a>) -> Type {
        let id = open.unwrap_or_else(|| {
            let id = TypeId(self.types.len());
            let kind = TypeKind::Alias(Type::Any);
            self.types.push(TypeDef { name: String::new(), docs: None, origin: part.pointer.clone(), kind });
            self.open.insert(part.pointer.clone(), Some(id));
            id
        });
        nullable(Type::Named(id), self.fold(std::slice::from_ref(part)).nullable)
    }

    /// Gives a type that was used while it was made its shape.
    fn close(&mut self, id: TypeId, ty: Type, hint: &Hint) -> Type {
        let (shape, null) = match ty {
            Type::Nullable(inner) => (*inner, true),
            other => (other, false),
        };
        self.unnamed.add(id, hint);
        if let Some(def) = self.types.get_mut(id.0) {
            def.kind = TypeKind::Alias(shape);
        }
        nullable(Type::Named(id), null)
    }

    /// The type of what one schema says, or several at once.
    pub(super) fn lower_all(&mut self, uses: &[Use<'a>], hint: &Hint) -> Type {
        match uses {
            [one] => self.lower_use(one, hint),
            several => self.lower_parts(several, hint),
        }
    }

    /// The type of a conjunction: all parts hold of the same value.
    pub(super) fn lower_parts(&mut self, parts: &[Use<'a>], hint: &Hint) -> Type {
        let Some(first) = parts.first() else { return Type::Any };
        let pointer = first.pointer.clone();
        self.check_defaults(parts);
        if let Some(reference) = self.sole_reference(parts) {
            let ty = self.reference_type(reference, &pointer);
            return nullable(ty, self.fold(parts).nullable);
        }
        if self.depth >= MAX_DEPTH {
            let message = "the schema is nested too deeply and is carried as any JSON value";
            self.report(
                Diagnostic::new(Code::SCHEMA_CONFLICT, message)
                    .at(Place::at(&pointer))
                    .hint("give an inner schema a name under components/schemas"),
            );
            return Type::Any;
        }
        self.depth += 1;
        let view = self.fold(parts);
        let null = view.nullable;
        let docs = docs_of(&view);
        let ty = match self.shape(view, hint, &pointer) {
            Shape::Plain(ty) => ty,
            Shape::Named(kind) => Type::Named(self.intern(kind, docs, hint, &pointer)),
        };
        self.depth -= 1;
        nullable(ty, null)
    }

    /// The type of one view that belongs to no schema as written: an arm of a union with its base folded in.
    pub(super) fn lower_view(&mut self, view: View<'a>, hint: &Hint, pointer: &Pointer) -> Type {
        let docs = docs_of(&view);
        match self.shape(view, hint, pointer) {
            Shape::Plain(ty) => ty,
            Shape::Named(kind) => Type::Named(self.intern(kind, docs, hint, pointer)),
        }
    }

    /// The type that a reference to a component stands for.
    fn reference_type(&mut self, reference: &'a str, pointer: &Pointer) -> Type {
        let Some(id) = self.component_id(reference) else {
            let message = format!("`{reference}` points to nothing and is carried as any JSON value");
            self.report(
                Diagnostic::new(Code::REPAIR_REFERENCE, message).at(Place::at(pointer)).hint("declare the schema under components/schemas"),
            );
            return Type::Any;
        };
        // The definition is the type without `null`, and every use says it.
        let null = self.said(&[Use { schema: Target::Reference(reference), pointer: pointer.clone() }]).nullable;
        nullable(Type::Named(id), null)
    }

    /// If nothing but one reference says what the value is, that reference: `allOf` around a `$ref` only adds words, and so
    /// does `type: object` beside a reference to an object.
    pub(super) fn sole_reference(&self, parts: &[Use<'a>]) -> Option<&'a str> {
        let mut found = None;
        let mut is_object = false;
        let mut pending: Vec<Use<'a>> = parts.to_vec();
        while let Some(part) = pending.pop() {
            match part.schema {
                Target::Reference(reference) if found.is_none() || found == Some(reference) => found = Some(reference),
                Target::Reference(_) => return None,
                Target::Item(schema) => match &schema.schema_kind {
                    SchemaKind::AllOf { all_of } => pending.extend(view::uses(all_of, &part.pointer, "allOf")),
                    SchemaKind::Any(any) if is_plain_around(any) => {
                        is_object |= any.typ.is_some();
                        pending.extend(view::uses(&any.all_of, &part.pointer, "allOf"));
                    }
                    _ => {
                        let view = self.fold(std::slice::from_ref(&part));
                        if !(view.is_shapeless() || view.is_plain_object()) || !view.required.is_empty() {
                            return None;
                        }
                        is_object |= view.is_plain_object();
                    }
                },
            }
        }
        let names_object =
            |reference: &str| self.fold(&[Use { schema: Target::Reference(reference), pointer: Pointer::root() }]).types == ["object"];
        found.filter(|reference| !is_object || names_object(reference))
    }

    /// Decides the shape of a view.
    pub(super) fn shape(&mut self, mut view: View<'a>, hint: &Hint, pointer: &Pointer) -> Shape {
        view.types.retain(|name| *name != "null");
        if let [first, second, ..] = view.types.as_slice() {
            let message = format!("the schema asks for both {first} and {second}; it is carried as any JSON value");
            self.report(Diagnostic::new(Code::SCHEMA_CONFLICT, message).at(Place::at(pointer)).hint("use oneOf for alternatives"));
            return Shape::Plain(Type::Any);
        }
        let choices = self.shaped_choices(&mut view);
        if !choices.is_empty() {
            return self.choose(choices, view, hint, pointer);
        }
        if view.no_value {
            let message = "the parts of the schema have no value of their enums in common; their values are not named";
            self.report(Diagnostic::new(Code::SCHEMA_CONFLICT, message).at(Place::at(pointer)).hint("use oneOf for alternatives"));
        }
        let kind = view.types.first().copied().unwrap_or_else(|| inferred(&view));
        match kind {
            "string" => self.string(&view, pointer),
            "integer" => self.integer(&view, pointer),
            "number" => self.number(&view, pointer),
            "boolean" => {
                // Both values are all that there are.
                if view.values.len() < 2 {
                    self.note_enum(&view, "boolean", pointer);
                }
                Shape::Plain(Type::Bool)
            }
            "array" => {
                let item = self.lower_all(&view.items, &hint.item());
                Shape::Plain(Type::List(Box::new(item)))
            }
            "object" => self.object(view, hint, pointer),
            _ => self.mixed(&view, hint, pointer),
        }
    }

    /// The type of a form: an object of its own, whose binary properties are files, and so are texts of which the document
    /// says that they are `opaque`; `None` if the schema is no object.
    pub(super) fn form(&mut self, part: &Use<'a>, hint: &Hint, pointer: &Pointer, opaque: BTreeSet<&'a str>) -> Option<Type> {
        self.in_form = Some(opaque);
        let view = self.fold(std::slice::from_ref(part));
        let ty = self.lower_view(view, hint, pointer);
        self.in_form = None;
        match &ty {
            Type::Any => Some(Type::Map(Box::new(Type::Any))),
            Type::Map(_) => Some(ty),
            Type::Named(id) => matches!(self.types.get(id.0)?.kind, TypeKind::Struct(_)).then_some(ty),
            _ => None,
        }
    }

    /// Whether a property of a form is a file, or a list of files.
    fn file(&self, uses: &[Use<'a>], opaque: bool) -> Option<Type> {
        let view = self.fold(uses);
        match (view.types.as_slice(), view.format.as_deref(), view.items.as_slice()) {
            (["string"], Some("binary"), _) => Some(Type::File),
            (["string"], None, _) if opaque && view.values.is_empty() => Some(Type::File),
            ([], None, _) if opaque && view.is_shapeless() => Some(Type::File),
            (["array"], _, items @ [_, ..]) => match self.file(items, opaque)? {
                Type::File => Some(Type::List(Box::new(Type::File))),
                _ => None,
            },
            _ => None,
        }
    }

    fn object(&mut self, view: View<'a>, hint: &Hint, pointer: &Pointer) -> Shape {
        if view.properties.is_empty() {
            match &view.others {
                Others::Unsaid | Others::Any => return Shape::Plain(Type::Map(Box::new(Type::Any))),
                Others::Of(values) => {
                    let file = self.in_form.take().and_then(|_| self.file(values, false));
                    let value = file.unwrap_or_else(|| self.lower_all(values, &hint.value()));
                    return Shape::Plain(Type::Map(Box::new(value)));
                }
                Others::Refused => {}
            }
        }
        let in_form = self.in_form.take();
        let mut scope = Scope::default();
        let mut fields = Vec::with_capacity(view.properties.len());
        let claimed = field_names(view.properties.keys().copied(), &mut scope);
        for ((wire, uses), name) in view.properties.iter().zip(claimed) {
            let mut field = self.field(wire, uses, view.required.contains(wire), name, hint);
            if let Some(file) = in_form.as_ref().and_then(|opaque| self.file(uses, opaque.contains(wire))) {
                field.ty = file;
            }
            fields.push(field);
        }
        if matches!(view.others, Others::Unsaid | Others::Refused) {
            self.undeclared(&view, &mut fields, &mut scope, pointer);
        }
        let additional = match &view.others {
            Others::Unsaid => Additional::Ignored,
            Others::Refused => Additional::Refused,
            Others::Any => Additional::Kept { field: scope.claim("additional_properties"), ty: Type::Any, is_declared: true },
            Others::Of(values) => {
                let file = in_form.and_then(|_| self.file(values, false));
                let ty = file.unwrap_or_else(|| self.lower_all(values, &hint.value()));
                Additional::Kept { field: scope.claim("additional_properties"), ty, is_declared: true }
            }
        };
        let places = |wire: &str| view.properties.get(wire).into_iter().flatten().map(|part| part.pointer.clone()).collect();
        let others = match &additional {
            Additional::Kept { field, .. } => Some(field.as_str()),
            Additional::Ignored | Additional::Refused => None,
        };
        self.give_values(fields.iter_mut().map(|field| (places(&field.wire), &mut field.name)), others.as_slice());
        let xml = view.properties.iter().filter_map(|(wire, uses)| self.xml_property(wire, uses)).collect();
        Shape::Named(TypeKind::Struct(Struct { fields, additional, xml }))
    }

    /// A name that is required and not declared must be there all the same, and holds anything.
    fn undeclared(&mut self, view: &View<'a>, fields: &mut Vec<Field>, scope: &mut Scope, pointer: &Pointer) {
        for wire in view.required.iter().filter(|wire| !view.properties.contains_key(*wire)) {
            let message = format!("the property `{wire}` is required and not declared; it is carried as any JSON value");
            let hint = "declare it under properties, or take it out of required";
            self.report(Diagnostic::new(Code::SCHEMA_UNDECLARED, message).at(Place::at(&pointer.child("required"))).hint(hint));
            fields.push(Field {
                name: scope.claim(&names::field_name(wire)),
                wire: (*wire).to_owned(),
                ty: Type::Any,
                required: true,
                docs: None,
                read_only: false,
                write_only: false,
                deprecated: false,
            });
        }
    }

    fn field(&mut self, wire: &str, uses: &[Use<'a>], required: bool, name: String, hint: &Hint) -> Field {
        let inner = self.home(uses, wire).unwrap_or_else(|| hint.property(wire));
        let ty = self.lower_all(uses, &inner);
        let Said { nullable: _, docs, read_only, write_only, deprecated } = self.said(uses);
        Field {
            name,
            wire: wire.to_owned(),
            ty,
            required,
            docs: default::documented(own_words(uses).or(docs), uses),
            read_only,
            write_only,
            deprecated,
        }
    }

    /// Where a property stands that a component declares. Others have it from there by `allOf`; a type in it is called by the
    /// component, whoever of them comes first.
    fn home(&self, uses: &[Use<'a>], wire: &str) -> Option<Hint> {
        let [Use { schema: Target::Item(_), pointer }] = uses else { return None };
        let steps: Vec<String> = pointer.steps().collect();
        let [components, schemas, name, way @ .., properties, property] = steps.as_slice() else { return None };
        let is_own = way.chunks(2).all(|step| step.first().is_some_and(|key| key == "allOf"));
        let is_declared = components == "components" && schemas == "schemas" && properties == "properties" && property == wire;
        let id = TypeId(self.schemas.get_index_of(name.as_str()).filter(|_| is_own && is_declared)?);
        Some(Hint::component(&self.types.get(id.0)?.name, id).property(wire))
    }

    /// What schemas say besides the shape of a value.
    fn said(&mut self, uses: &[Use<'a>]) -> Said {
        let reference = match uses {
            [Use { schema: Target::Reference(reference), pointer: _ }] => Some(*reference),
            _ => None,
        };
        if let Some(known) = reference.and_then(|reference| self.said.get(reference)) {
            return known.clone();
        }
        let view = self.fold(uses);
        let said = Said {
            nullable: view.nullable,
            docs: docs_of(&view),
            read_only: view.read_only,
            write_only: view.write_only,
            deprecated: view.deprecated,
        };
        if let Some(reference) = reference {
            self.said.insert(reference, said.clone());
        }
        said
    }

    /// The type of an inline shape, which may have come up before. It gets its name later.
    pub(super) fn intern(&mut self, kind: TypeKind, docs: Option<String>, hint: &Hint, pointer: &Pointer) -> TypeId {
        self.intern_as("", kind, docs, hint, pointer)
    }

    /// As [`Self::intern`], for a shape that only equals others of the same `manner`.
    pub(super) fn intern_as(&mut self, manner: &str, kind: TypeKind, docs: Option<String>, hint: &Hint, pointer: &Pointer) -> TypeId {
        let key = (hint.role, format!("{manner}{:?}", without_words(&kind)));
        let id = match self.interned.get(&key) {
            Some(id) => *id,
            None => {
                let id = TypeId(self.types.len());
                self.types.push(TypeDef { name: String::new(), docs, origin: pointer.clone(), kind });
                self.interned.insert(key, id);
                id
            }
        };
        self.unnamed.add(id, hint);
        id
    }
}

/// Whether a schema says `type: object`, or nothing, around an `allOf`.
fn is_plain_around(any: &AnySchema) -> bool {
    let says = any.typ.as_deref().is_none_or(|name| name == "object");
    says && !any.all_of.is_empty() && AnySchema { typ: None, all_of: Vec::new(), ..any.clone() } == AnySchema::default()
}

/// The type, or `null` as well. Any JSON value is `null` already, and nobody needs to say it twice.
pub(super) fn nullable(ty: Type, null: bool) -> Type {
    match ty {
        Type::Any | Type::Nullable(_) => ty,
        other if null => Type::Nullable(Box::new(other)),
        other => other,
    }
}

/// Names of fields. Of several that come to the same, the one that is written so has it: `id` beside `@id` and `_id`.
fn field_names<'w>(wires: impl Iterator<Item = &'w str>, scope: &mut Scope) -> Vec<String> {
    let mut fields: Vec<(bool, String)> = wires.map(|wire| (names::field_name(wire) == wire, names::field_name(wire))).collect();
    for exact in [true, false] {
        for (_, name) in fields.iter_mut().filter(|(is_exact, _)| *is_exact == exact) {
            *name = scope.claim(name);
        }
    }
    fields.into_iter().map(|(_, name)| name).collect()
}

pub(super) fn docs_of(view: &View<'_>) -> Option<String> {
    view.description.or(view.title).map(str::to_owned)
}

/// What is said at the place of use goes before what the referenced schema says of itself.
fn own_words(uses: &[Use<'_>]) -> Option<String> {
    uses.iter().find_map(|part| match part.schema {
        Target::Item(schema) => schema.schema_data.description.clone(),
        Target::Reference(_) => None,
    })
}

/// The shape alone: two schemas that differ in their descriptions only are one type.
fn without_words(kind: &TypeKind) -> TypeKind {
    let mut kind = kind.clone();
    if let TypeKind::Struct(Struct { fields, .. }) = &mut kind {
        for field in fields {
            field.docs = None;
        }
    }
    kind
}
