//! Declared headers of a response: an object with a property for each, of a type of its own. Equal ones share it.

use std::collections::HashSet;

use openapiv3::{Header, HeaderStyle, ParameterSchemaOrContent, ReferenceOr, Response};

use super::Lowering;
use super::names::{self, Scope};
use super::naming::Hint;
use super::operation::Dropped;
use super::view::Use;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Additional, Field, FieldEncoding, Headers, Location, Parameter, Struct, Style, Takes, Type, TypeKind};
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// The declared headers of a response; `None` if there are none. What cannot be carried is said, and stays among the
    /// headers that nobody declares.
    pub(super) fn headers(&mut self, response: &'a Response, hint: &Hint, place: &Pointer) -> Option<Headers> {
        let place = place.child("headers");
        let (mut scope, mut seen) = (Scope::default(), HashSet::new());
        let (mut fields, mut encodings) = (Vec::new(), Vec::new());
        for (name, header) in &response.headers {
            let place = place.child(name);
            // OpenAPI 3.0, Response Object: this one is to be ignored.
            if name.eq_ignore_ascii_case("content-type") {
                continue;
            }
            let why = if is_framing(name) {
                "is set by whoever sends the message"
            } else if !crate::media_type::is_token(name) {
                "has a name that HTTP does not allow"
            } else if !seen.insert(name.to_ascii_lowercase()) {
                "is there twice; letter case makes no difference"
            } else {
                match self.header(name, header, hint, &place) {
                    Ok(parameter) => {
                        encodings.push(encoding(&parameter));
                        fields.push(field(parameter, &mut scope));
                    }
                    Err(Dropped(diagnostic)) => self.report(diagnostic),
                }
                continue;
            };
            let message = format!("the response header `{name}` {why}; it has no field of its own");
            self.report(Diagnostic::new(Code::PARAMETER_IGNORED, message).at(Place::key(&place)));
        }
        if fields.is_empty() {
            return None;
        }
        let kind = TypeKind::Struct(Struct { fields, additional: Additional::Ignored, xml: Vec::new() });
        let docs = Some("Headers that the document declares for a response.".to_owned());
        let ty = Type::Named(self.intern_as(&format!("{encodings:?}"), kind, docs, hint, &place));
        Some(Headers { ty, fields: encodings })
    }

    fn header(&mut self, name: &str, header: &'a ReferenceOr<Header>, hint: &Hint, place: &Pointer) -> Result<Parameter, Dropped> {
        let components = self.openapi.components.as_ref().map(|components| &components.headers);
        let (header, _, place) = self.resolved(header, components, "headers", place)?;
        let Header { description, style: HeaderStyle::Simple, required, deprecated, format, example: _, examples: _, extensions } = header;
        let hint = hint.property(name);
        let (ty, style) = match format {
            ParameterSchemaOrContent::Schema(schema) => (self.lower_use(&Use::new(schema, place.child("schema")), &hint), Style::Simple),
            ParameterSchemaOrContent::Content(content) => self.content(content, &hint, Style::Simple, &place),
        };
        // As for a parameter: there is no way to write `null`.
        let ty = match ty {
            Type::Nullable(inner) => *inner,
            other => other,
        };
        let explode = extensions.get("x-bothends-explode").and_then(serde_json::Value::as_bool).unwrap_or(false);
        let mut parameter = Parameter {
            name: names::field_name(name),
            wire: name.to_owned(),
            location: Location::Header,
            style,
            explode,
            allow_reserved: false,
            required: *required,
            ty,
            takes: Takes::Text,
            docs: description.clone(),
            deprecated: deprecated.unwrap_or(false),
            origin: place,
        };
        self.settle(&mut parameter);
        Ok(parameter)
    }
}

fn encoding(parameter: &Parameter) -> FieldEncoding {
    let Parameter { wire, style, explode, allow_reserved, .. } = parameter;
    FieldEncoding { wire: wire.clone(), style: *style, explode: *explode, allow_reserved: *allow_reserved }
}

fn field(parameter: Parameter, scope: &mut Scope) -> Field {
    let Parameter { name, wire, ty, required, docs, deprecated, .. } = parameter;
    Field { name: scope.claim(&name), wire, ty, required, docs, read_only: false, write_only: false, deprecated }
}

/// Headers that describe how the message is cut out of the connection (RFC 9112, section 6).
pub(super) fn is_framing(name: &str) -> bool {
    ["content-length", "transfer-encoding", "connection", "host"].iter().any(|known| name.eq_ignore_ascii_case(known))
}
