//! Operations: names, groups, and the parts of request and response put together.

use openapiv3::{Operation as Written, PathItem, ReferenceOr};

use super::names::{self, Scope};
use super::{Lowering, resolve};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Group, Method, Operation, PathTemplate};
use crate::source::Pointer;

/// An operation cannot be carried: the finding that says why. It is not generated, on neither end.
pub(super) struct Dropped(pub Diagnostic);

/// What an operation is called.
pub(super) struct Head {
    pub id: String,
    pub type_name: String,
    pub method_name: String,
    pub method: Method,
    pub path: PathTemplate,
}

/// Names that are made from an operation's: response, its two halves, optional parameters.
pub(super) const MADE_NAMES: &[&str] = &["Response", "Success", "Failure", "Options"];

impl<'a> Lowering<'a> {
    /// Lowers all operations; those that cannot be carried become diagnostics.
    pub(super) fn operations(&mut self) {
        let root = Pointer::root().child("paths");
        let openapi = self.openapi;
        for (path, item) in &openapi.paths.paths {
            let ReferenceOr::Item(item) = item else { continue };
            let pointer = root.child(path);
            for (method, operation) in methods(item) {
                match self.operation(path, item, method, operation, &pointer) {
                    Ok(operation) => self.lowered.push(operation),
                    Err(Dropped(diagnostic)) => {
                        let name = format!("{} {path}", method.as_str());
                        self.report(diagnostic.operation(name));
                    }
                }
            }
        }
    }

    fn operation(
        &mut self,
        path: &str,
        item: &'a PathItem,
        method: Method,
        written: &'a Written,
        pointer: &Pointer,
    ) -> Result<Operation, Dropped> {
        let pointer = pointer.child(method.as_str().to_lowercase());
        let template = super::path::parse(path).map_err(|why| {
            Dropped(
                Diagnostic::new(Code::UNSUPPORTED_PATH, format!("the path `{path}` cannot be carried yet: {why}")).at(Place::key(&pointer)),
            )
        })?;
        let id = written.operation_id.clone().unwrap_or_else(|| format!("{} {path}", method.as_str().to_lowercase()));
        let base = names::type_name(&id);
        let wanted = [base.clone(), format!("{base}Request"), format!("{base}Operation")];
        // Names are taken even if the operation turns out to be dropped: once it is carried, no other is renamed.
        let type_name = self.type_names.claim_first(&wanted, MADE_NAMES);
        let method_name = self.method_names.claim(&names::field_name(&id));
        let given = self.given_operation(&pointer, |lowering| &mut lowering.method_names, MADE_NAMES);
        let (type_name, method_name) = given.unwrap_or((type_name, method_name));
        self.named_operation(Head { id, type_name, method_name, method, path: template }, item, written, pointer)
    }

    /// An operation that has its names.
    pub(super) fn named_operation(
        &mut self,
        head: Head,
        item: &'a PathItem,
        written: &'a Written,
        pointer: Pointer,
    ) -> Result<Operation, Dropped> {
        let Head { id, type_name, method_name, method, path: template } = head;
        let security = self.security(written, &pointer)?;
        let mut fields = Scope::default();
        let mut declared = self.declared(item, written, &security, &pointer)?;
        declared.retain(|found| self.is_free(found, &template.raw));
        let (declared, globals) = self.split_globals(declared)?;
        let parameters = self.parameters(declared, &template, &type_name, &pointer, &mut fields)?;
        let body = match &written.request_body {
            None => None,
            Some(body) => self.body(body, &type_name, &pointer, &mut fields)?,
        };
        let responses = self.responses(&written.responses, &type_name, &pointer)?;
        Ok(Operation {
            id,
            response_name: format!("{type_name}Response"),
            type_name,
            method_name,
            method,
            path: template,
            server: super::own_server(self.openapi, item, written),
            group: self.group(written.tags.first().map(String::as_str)),
            parameters,
            globals,
            needs: Vec::new(),
            body,
            responses,
            security,
            docs: joined(written.summary.as_deref(), written.description.as_deref()),
            deprecated: written.deprecated,
            origin: pointer,
        })
    }

    /// The group of operations with this first tag.
    fn group(&mut self, tag: Option<&str>) -> usize {
        if let Some(index) = self.groups.iter().position(|group| group.tag.as_deref() == tag) {
            return index;
        }
        let text = tag.unwrap_or("other");
        let mut module = names::field_name(text);
        if syn::parse_str::<syn::Ident>(&module).is_err() {
            module.push_str("_api");
        }
        let module = self.group_modules.claim(&module);
        let description =
            self.openapi.tags.iter().find(|known| Some(known.name.as_str()) == tag).and_then(|known| known.description.clone());
        let mut group = Group { tag: tag.map(str::to_owned), module, trait_name: String::new(), feature: String::new(), description };
        group.name_after_module();
        self.groups.push(group);
        self.groups.len() - 1
    }

    /// A part of an operation behind a reference, or the finding that it is missing.
    pub(super) fn resolved<T>(
        &self,
        item: &'a ReferenceOr<T>,
        components: Option<&'a indexmap::IndexMap<String, ReferenceOr<T>>>,
        kind: &str,
        pointer: &Pointer,
    ) -> Result<(&'a T, Option<&'a str>, Pointer), Dropped> {
        let missing = || {
            let reference = match item {
                ReferenceOr::Reference { reference } => reference.as_str(),
                ReferenceOr::Item(_) => "",
            };
            Dropped(Diagnostic::new(Code::REFERENCE_MISSING, format!("`{reference}` points to nothing")).at(Place::at(pointer)))
        };
        let found = resolve(item, components, kind, pointer.clone()).ok_or_else(missing)?;
        let value = found.value.ok_or_else(missing)?;
        Ok((value, found.name, found.pointer))
    }
}

impl Group {
    /// Makes the other names from that of the module.
    pub(super) fn name_after_module(&mut self) {
        self.trait_name = format!("{}Api", names::variant_name(&self.module));
        self.feature = format!("tag-{}", names::kebab(&self.module));
    }
}

/// The operations of a path with their methods, in OpenAPI's order.
pub(super) fn methods(item: &PathItem) -> impl Iterator<Item = (Method, &Written)> {
    [
        (Method::Get, &item.get),
        (Method::Put, &item.put),
        (Method::Post, &item.post),
        (Method::Delete, &item.delete),
        (Method::Options, &item.options),
        (Method::Head, &item.head),
        (Method::Patch, &item.patch),
        (Method::Trace, &item.trace),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.as_ref().map(|operation| (method, operation)))
}

fn joined(summary: Option<&str>, description: Option<&str>) -> Option<String> {
    match (summary, description) {
        (Some(summary), Some(description)) if summary.trim() != description.trim() => Some(format!("{summary}\n\n{description}")),
        (Some(text), _) | (None, Some(text)) => Some(text.to_owned()),
        (None, None) => None,
    }
}
