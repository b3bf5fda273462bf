//! The addresses that a document names, with variables (OpenAPI 3.0, Server Object). Sends nothing.

use super::base::BaseUrl;
use super::error::BuildError;

/// An address that a document names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Server {
    /// Absolute or relative URL, its variables in braces: `https://{region}.example.com/v1`.
    pub template: &'static str,
    /// What the document says of it, or nothing.
    pub description: &'static str,
    /// The variables.
    pub variables: &'static [ServerVariable],
}

/// A variable in the address of a [`Server`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerVariable {
    /// Its name, as in the braces.
    pub name: &'static str,
    /// What it is where nobody sets it.
    pub default: &'static str,
    /// What it may be; empty: any text.
    pub values: &'static [&'static str],
}

impl Server {
    /// The address with these values in place of variables, and the defaults for all others.
    ///
    /// A value that the document does not name may hold letters, digits, `-`, `.`, `_` and `~` only: anything else could
    /// make another host or path of the address than the one that is meant.
    ///
    /// # Errors
    /// [`BuildError::ServerVariable`] for a name that the address does not have, or a value that it cannot have.
    pub fn url(&self, variables: &[(&str, &str)]) -> Result<String, BuildError> {
        let wrong = |name: &str, reason| Err(BuildError::ServerVariable { name: name.to_owned(), reason });
        for (name, value) in variables {
            let Some(variable) = self.variables.iter().find(|variable| variable.name == *name) else {
                return wrong(name, "the address has no such variable");
            };
            let named = variable.default == *value || variable.values.contains(value);
            if !named && !variable.values.is_empty() {
                return wrong(name, "the document does not name this value");
            }
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            if !named && (value.is_empty() || *value == "." || *value == ".." || !value.bytes().all(plain)) {
                return wrong(name, "the value could change the rest of the address");
            }
        }
        let mut url = String::with_capacity(self.template.len());
        let mut rest = self.template;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, behind)) = after.split_once('}') else { break };
            let given = variables.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
            let default = || self.variables.iter().find(|variable| variable.name == name).map(|variable| variable.default);
            url.push_str(before);
            match given.or_else(default) {
                Some(value) => url.push_str(value),
                None => return wrong(name, "the document does not say what it may be"),
            }
            rest = behind;
        }
        url.push_str(rest);
        Ok(url)
    }

    /// Whether a base URL is this address with its defaults.
    pub fn is_at(&self, base_url: &str) -> bool {
        let own = self.url(&[]).and_then(|url| BaseUrl::parse(&url));
        own.is_ok_and(|own| BaseUrl::parse(base_url).is_ok_and(|base| base == own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: Server = Server {
        template: "https://{region}.example.com:{port}/{path}",
        description: "",
        variables: &[
            ServerVariable { name: "region", default: "eu", values: &["eu", "us"] },
            ServerVariable { name: "port", default: "443", values: &[] },
            ServerVariable { name: "path", default: "api/v1", values: &[] },
        ],
    };

    #[test]
    fn variables_are_set_and_cannot_change_the_rest() {
        for (variables, url) in [
            (&[][..], Some("https://eu.example.com:443/api/v1")),
            (&[("region", "us"), ("port", "8443")], Some("https://us.example.com:8443/api/v1")),
            (&[("path", "v2~_-.x")], Some("https://eu.example.com:443/v2~_-.x")),
            (&[("path", "api/v1")], Some("https://eu.example.com:443/api/v1")),
            (&[("region", "mars")], None),
            (&[("planet", "mars")], None),
            (&[("port", "80/x")], None),
            (&[("port", "80@evil.example")], None),
            (&[("path", "..")], None),
            (&[("path", "")], None),
            (&[("path", "a%2Fb")], None),
        ] {
            assert_eq!(SERVER.url(variables).ok().as_deref(), url, "{variables:?}");
        }
        assert!(Server { variables: &[], ..SERVER }.url(&[]).is_err());
        assert!(SERVER.is_at("https://eu.example.com/api/v1/"));
        assert!(!SERVER.is_at("https://us.example.com/api/v1"));
        assert!(!Server { template: "/v1", ..SERVER }.is_at("/v1"));
    }
}
