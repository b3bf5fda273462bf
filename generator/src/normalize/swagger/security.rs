//! `securityDefinitions` become `securitySchemes`: `basic` is a scheme of HTTP, and the one flow of `oauth2` one of several.

use serde_json::{Value, json};

use crate::diagnostic::Code;
use crate::source::Pointer;

use super::{Object, Swagger, text};

/// The flows, by the names of 2.0 and of 3.0.
const FLOWS: [(&str, &str); 4] =
    [("implicit", "implicit"), ("password", "password"), ("application", "clientCredentials"), ("accessCode", "authorizationCode")];

impl Swagger<'_, '_> {
    /// All schemes.
    pub(super) fn security(&mut self, mut schemes: Value, to: &Pointer) -> Value {
        for (name, scheme) in schemes.as_object_mut().into_iter().flatten() {
            if let Value::Object(scheme) = scheme {
                self.scheme(scheme, &to.child(name));
            }
        }
        schemes
    }

    fn scheme(&mut self, scheme: &mut Object, at: &Pointer) {
        match text(scheme, "type") {
            Some("basic") => {
                scheme.insert("type".to_owned(), json!("http"));
                scheme.insert("scheme".to_owned(), json!("basic"));
            }
            Some("oauth2") if !scheme.contains_key("flows") => self.flow(scheme, at),
            _ => {}
        }
    }

    /// `flow`, `authorizationUrl`, `tokenUrl`, `scopes` -> `flows: {<flow>: {authorizationUrl, tokenUrl, scopes}}`.
    fn flow(&mut self, scheme: &mut Object, at: &Pointer) {
        let written = scheme.shift_remove("flow");
        let word = written.as_ref().and_then(Value::as_str).unwrap_or_default();
        let known = FLOWS.iter().find(|(old, new)| *old == word || *new == word).map(|(_, new)| *new);
        let flow = known.unwrap_or_else(|| {
            // What the flow needs tells which one it is.
            let meant = match (scheme.contains_key("authorizationUrl"), scheme.contains_key("tokenUrl")) {
                (true, true) => "authorizationCode",
                (true, false) => "implicit",
                (false, _) => "clientCredentials",
            };
            let place = if written.is_some() { at.child("flow") } else { at.clone() };
            self.report(Code::REPAIR_SHAPE, &place, format!("the OAuth flow `{word}` was read as `{meant}`"));
            meant
        });
        let to = at.join(["flows", flow]);
        let mut parts = Object::new();
        for key in ["authorizationUrl", "tokenUrl", "scopes"] {
            if let Some(value) = scheme.shift_remove(key) {
                self.context.origins.moved(&at.child(key), &to.child(key));
                parts.insert(key.to_owned(), value);
            }
        }
        parts.entry("scopes").or_insert_with(|| json!({}));
        let mut flows = Object::new();
        flows.insert(flow.to_owned(), Value::Object(parts));
        scheme.insert("flows".to_owned(), Value::Object(flows));
    }
}
