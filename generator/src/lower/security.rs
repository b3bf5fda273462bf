//! Security schemes and requirements.

use openapiv3::{APIKeyLocation, Operation as Written, SecurityScheme as Declared};

use super::operation::Dropped;
use super::{Lowering, names};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Requirement, Security, SecurityKind, SecurityScheme};
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// Who may call an operation: its own requirements, or those of the document.
    pub(super) fn security(&mut self, written: &'a Written, pointer: &Pointer) -> Result<Security, Dropped> {
        let (requirements, place) = match &written.security {
            Some(own) => (Some(own), pointer.child("security")),
            None => (self.openapi.security.as_ref(), Pointer::root().child("security")),
        };
        let mut security = Security::default();
        let mut unknown = None;
        for (index, requirement) in requirements.into_iter().flatten().enumerate() {
            let mut alternative: Vec<Requirement> = Vec::with_capacity(requirement.len());
            for (id, scopes) in requirement {
                let place = place.child(index).child(id);
                if let Some(other) = self.shared(id, &alternative) {
                    let message = format!("`{id}` travels where `{other}` does; one credential answers both");
                    self.report(Diagnostic::new(Code::SECURITY_SHARED, message).at(Place::key(&place)));
                    continue;
                }
                match self.scheme(id) {
                    Some(scheme) => alternative.push(Requirement { scheme, scopes: scopes.clone() }),
                    None => unknown = Some((id, place)),
                }
            }
            if unknown.as_ref().is_none_or(|(id, _)| !requirement.contains_key(*id)) {
                security.alternatives.push(alternative);
            }
        }
        // An alternative that nobody can fulfil falls away; if none is left, the operation must not become public.
        match unknown {
            Some((id, place)) if security.alternatives.is_empty() => {
                let message = format!("the operation demands the security scheme `{id}`, which is not declared");
                Err(Dropped(
                    Diagnostic::new(Code::SECURITY_UNKNOWN, message)
                        .at(Place::key(&place))
                        .hint("declare it under components/securitySchemes"),
                ))
            }
            Some((id, place)) => {
                let message = format!("the security scheme `{id}` is not declared; this alternative is left out");
                self.report(Diagnostic::new(Code::SECURITY_UNKNOWN, message).at(Place::key(&place)));
                Ok(security)
            }
            None => Ok(security),
        }
    }

    /// The scheme that an alternative asks for already in the place where another one's credential travels: a request has one
    /// credential there, which has to do for both.
    fn shared(&self, id: &str, alternative: &[Requirement]) -> Option<String> {
        let (kind, _) = kind(self.declared_scheme(id)?.value?);
        let mut asked = alternative.iter().filter_map(|known| self.schemes.get(known.scheme));
        asked.find(|scheme| scheme.kind == kind).map(|scheme| scheme.id.clone())
    }

    fn declared_scheme(&self, id: &str) -> Option<super::Resolved<'a, Declared>> {
        let components = self.openapi.components.as_ref()?;
        let pointer = Pointer::root().join(["components", "securitySchemes", id]);
        let declared = components.security_schemes.get(id)?;
        super::resolve(declared, Some(&components.security_schemes), "securitySchemes", pointer)
    }

    /// Index of a scheme, which enters the model when it is first asked for.
    fn scheme(&mut self, id: &str) -> Option<usize> {
        if let Some(index) = self.schemes.iter().position(|scheme| scheme.id == id) {
            return Some(index);
        }
        let found = self.declared_scheme(id)?;
        let (kind, description) = kind(found.value?);
        let name = self.scheme_names.claim(&names::field_name(id));
        self.schemes.push(SecurityScheme { id: id.to_owned(), name, kind, description: description.clone(), origin: found.pointer });
        Some(self.schemes.len() - 1)
    }
}

fn kind(declared: &Declared) -> (SecurityKind, &Option<String>) {
    match declared {
        Declared::APIKey { location, name, description, extensions: _ } => {
            let kind = match location {
                APIKeyLocation::Header => SecurityKind::ApiKeyHeader(name.clone()),
                APIKeyLocation::Query => SecurityKind::ApiKeyQuery(name.clone()),
                APIKeyLocation::Cookie => SecurityKind::ApiKeyCookie(name.clone()),
            };
            (kind, description)
        }
        Declared::HTTP { scheme, bearer_format: _, description, extensions: _ } => {
            let kind = match scheme.to_ascii_lowercase().as_str() {
                "basic" => SecurityKind::Basic,
                "bearer" => SecurityKind::Bearer,
                _ => SecurityKind::OtherHttp(scheme.clone()),
            };
            (kind, description)
        }
        // both hand out tokens that travel as RFC 6750 says
        Declared::OAuth2 { flows: _, description, extensions: _ }
        | Declared::OpenIDConnect { open_id_connect_url: _, description, extensions: _ } => (SecurityKind::Bearer, description),
    }
}
