//! Parameters that the configuration takes out of the request types: set once on the client, read from the server's context.

use std::collections::BTreeMap;

use super::Lowering;
use super::names::{self, Scope};
use super::naming::{Hint, Role};
use super::operation::Dropped;
use super::parameter::Found;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Global, GlobalUse, Location, Type};

/// Fewer operations than this show no pattern.
const FEWEST: usize = 8;

impl<'a> Lowering<'a> {
    /// Parts what an operation declares into its own parameters and the globals that it takes.
    pub(super) fn split_globals(&mut self, declared: Vec<Found<'a>>) -> Result<(Vec<Found<'a>>, Vec<GlobalUse>), Dropped> {
        if self.settings.is_empty() {
            return Ok((declared, Vec::new()));
        }
        let (mut own, mut uses) = (Vec::new(), Vec::new());
        for found in declared {
            match self.global(&found)? {
                Some(global) => uses.push(global),
                None => own.push(found),
            }
        }
        Ok((own, uses))
    }

    /// The global that a parameter is, if it is one and the same as elsewhere.
    fn global(&mut self, found: &Found<'a>) -> Result<Option<GlobalUse>, Dropped> {
        let (location, wire) = (found.parts.location, &found.parts.data.name);
        let Some(setting) = self.settings.iter().find(|setting| setting.names(location, wire)) else { return Ok(None) };
        let name = found.component.map_or_else(|| names::type_name(wire), names::type_name);
        let mut parameter = self.parameter(found.clone(), &Hint::new(name, Role::Parameter), &mut Scope::default())?;
        if setting.secret && parameter.ty == Type::String {
            parameter.ty = Type::Secret;
        }
        let required = parameter.required;
        let known = self.globals.iter().position(|known| setting.is(known));
        let Some(global) = known else {
            parameter.name = self.global_names.claim(&names::field_name(setting.rename.as_deref().unwrap_or(wire)));
            self.globals.push(Global { parameter, secret: setting.secret });
            return Ok(Some(GlobalUse { global: self.globals.len() - 1, wire: wire.clone(), required }));
        };
        let Some(Global { parameter: first, secret: _ }) = self.globals.get(global) else { return Ok(None) };
        let same = first.ty == parameter.ty
            && (first.style, first.explode, first.allow_reserved) == (parameter.style, parameter.explode, parameter.allow_reserved);
        if same {
            return Ok(Some(GlobalUse { global, wire: wire.clone(), required }));
        }
        let message =
            format!("the {} parameter `{wire}` is not what the global of this name is; it stays a parameter here", location.as_str());
        let first = (Place::at(&first.origin), "the global");
        self.report(Diagnostic::new(Code::CONFIG_GLOBAL, message).at(Place::at(&found.place)).related(first.0, first.1));
        Ok(None)
    }

    /// A header that most operations take is a nuisance as an argument, and nobody may know that there is a better way.
    pub(super) fn suggest_globals(&mut self) {
        if self.lowered.len() < FEWEST {
            return;
        }
        let mut headers: BTreeMap<String, (usize, &crate::model::Parameter)> = BTreeMap::new();
        let all = self.lowered.iter().flat_map(|operation| &operation.parameters);
        for parameter in all.filter(|parameter| parameter.location == Location::Header) {
            headers.entry(parameter.wire.to_ascii_lowercase()).or_insert((0, parameter)).0 += 1;
        }
        let total = self.lowered.len();
        let common = headers.into_values().filter(|(count, _)| count * 4 >= total * 3);
        let notes: Vec<Diagnostic> = common
            .map(|(count, parameter)| {
                let name = &parameter.wire;
                let message = format!("{count} of {total} operations take the header `{name}`");
                let hint = format!("set it once on the client: `[[globals]]`, `in = \"header\"`, `name = \"{name}\"` in bothends.toml");
                Diagnostic::new(Code::CONFIG_GLOBAL_HINT, message).at(Place::at(&parameter.origin)).hint(hint)
            })
            .collect();
        for note in notes {
            self.report(note);
        }
    }
}
