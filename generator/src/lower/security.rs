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
        security.alternatives = widest_first(security.alternatives);
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

/// Alternatives are tried in turn, and one that asks for more says more of who calls: it comes before those that are part of
/// it. Any order means the same (OpenAPI 3.0, Security Requirement Object).
fn widest_first(alternatives: Vec<Vec<Requirement>>) -> Vec<Vec<Requirement>> {
    let has = |all: &[Requirement], one: &Requirement| all.iter().any(|other| other.scheme == one.scheme);
    let mut ordered: Vec<Vec<Requirement>> = Vec::with_capacity(alternatives.len());
    for alternative in alternatives {
        let is_part = |other: &Vec<Requirement>| other.len() < alternative.len() && other.iter().all(|one| has(&alternative, one));
        // No alternative at all is what is left when none is there.
        let at = ordered.iter().position(|other| !other.is_empty() && is_part(other)).unwrap_or(ordered.len());
        ordered.insert(at, alternative);
    }
    ordered
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_asks_for_more_is_tried_before_its_parts() {
        for (written, tried) in [
            (vec!["a", "ab"], vec!["ab", "a"]),
            (vec!["b", "a", "c", "ab", "abc"], vec!["abc", "ab", "b", "a", "c"]),
            (vec!["", "a", "b"], vec!["", "a", "b"]),
            (vec!["ab", "bc", "b"], vec!["ab", "bc", "b"]),
        ] {
            let asks = |text: &str| text.bytes().map(|scheme| Requirement { scheme: scheme.into(), scopes: Vec::new() }).collect();
            let found = widest_first(written.iter().map(|text| asks(text)).collect());
            let texts: Vec<Vec<usize>> = found.iter().map(|all| all.iter().map(|one| one.scheme).collect()).collect();
            let expected: Vec<Vec<usize>> = tried.iter().map(|text| text.bytes().map(usize::from).collect()).collect();
            assert_eq!(texts, expected, "{written:?}");
        }
    }
}
